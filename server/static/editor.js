// Puts YASGUI's editor and result table in the place of the plain form, which stays one click away.
// Without this file, or without what it needs, the form works as it stands.
(function () {
  "use strict";
  const form = document.querySelector("form.sparql");
  const { Yasqe, Yasr } = window.Yasgui || {};
  if (!form || !Yasqe) return;

  const settings = JSON.parse(document.getElementById("editor-settings").textContent);
  const texts = settings.texts;
  const area = form.elements.query;
  const format = form.elements.format;
  const section = document.getElementById("result");
  const body = document.getElementById("answer-body");
  const downloads = document.getElementById("downloads");
  const permalink = document.getElementById("permalink");
  const run = form.querySelector("button.run");
  // A longer address is refused by some proxies; such a query is sent in the body.
  const LONGEST_ADDRESS = 4000;
  const CHOICE = "maillage-sparql-form";
  const GRAPHS = ["CONSTRUCT", "DESCRIBE"];
  let editor = null;
  let results = null;

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function query() {
    return editor ? editor.getValue() : area.value;
  }

  function address(name) {
    const found = new URL(settings.endpoint, location.origin);
    found.searchParams.set("query", query());
    if (settings.release) found.searchParams.set("release", settings.release);
    if (name) found.searchParams.set("format", name);
    return found.href;
  }

  /* What can be taken away */

  function showAddress() {
    permalink.value = address(format.value);
    permalink.closest("div").hidden = !query().trim();
  }

  function offerDownloads(kind) {
    const links = settings.formats[kind].map(([name, code, suffix]) =>
      element("a", { href: address(code), download: "answer." + suffix, textContent: name }),
    );
    downloads.querySelectorAll("a").forEach((link) => link.remove());
    downloads.append(...links);
    downloads.hidden = false;
  }

  function copyButton() {
    const said = element("span", { className: "quiet" });
    said.setAttribute("role", "status");
    const button = element("button", { type: "button", className: "second", textContent: texts.copy });
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(permalink.value);
      } catch {
        // Without the right to write there, or without TLS: the old way.
        permalink.select();
        document.execCommand("copy");
      }
      said.textContent = texts.copied;
    });
    permalink.after(button, said);
  }

  /* Completion, from our own endpoint only */

  async function rows(text) {
    const found = new URL(settings.endpoint, location.origin);
    found.searchParams.set("query", text);
    const answer = await fetch(found, { headers: { Accept: "application/sparql-results+json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).results.bindings;
  }

  function terms(property, count) {
    let asked = null;
    const text = `PREFIX void: <http://rdfs.org/ns/void#>
SELECT ?term (MAX(?n) AS ?uses) WHERE { ?part void:${property} ?term . OPTIONAL { ?part void:${count} ?n } }
GROUP BY ?term ORDER BY DESC(?uses) ?term`;
    return () => (asked = asked || rows(text).then((found) => found.map((row) => row.term.value)));
  }

  function local(iri) {
    return iri.slice(Math.max(iri.lastIndexOf("#"), iri.lastIndexOf("/")) + 1).toLowerCase();
  }

  function completer(name, property, count) {
    const all = terms(property, count);
    Object.assign(Yasqe.Autocompleters[name], {
      async get(_editor, token) {
        const typed = token.autocompletionString || "";
        const known = await all();
        if (typed.includes(":")) return known.filter((iri) => iri.startsWith(typed));
        return known.filter((iri) => local(iri).includes(typed.toLowerCase()));
      },
      postProcessSuggestion(one, _token, iri) {
        const prefixes = { ...settings.prefixes, ...one.getPrefixesFromQuery() };
        const fits = Object.entries(prefixes).filter(([, start]) => start && iri.startsWith(start));
        const [prefix, start] = fits.sort((a, b) => b[1].length - a[1].length)[0] || [];
        const rest = start === undefined ? "" : iri.slice(start.length);
        return /^[A-Za-z_][\w-]*$/.test(rest) ? `${prefix}:${rest}` : `<${iri}>`;
      },
    });
  }

  function completers() {
    completer("class", "class", "entities");
    completer("property", "property", "triples");
    const prefixes = Yasqe.Autocompleters.prefixes;
    const bundled = prefixes.get;
    const ours = Object.entries(settings.prefixes).map(([name, start]) => `${name}: <${start}>`);
    const names = new Set(Object.keys(settings.prefixes));
    Object.assign(prefixes, {
      persistenceId: null,
      get: async (one) => {
        const others = await bundled(one);
        return [...ours, ...others.filter((line) => !names.has(line.slice(0, line.indexOf(":"))))];
      },
    });
  }

  /* The editor */

  function startEditor() {
    const place = element("div", { className: "editor" });
    area.before(place);
    area.hidden = true;
    editor = new Yasqe(place, {
      value: area.value,
      persistenceId: null,
      consumeShareLink: null,
      createShareableLink: null,
      showQueryButton: false,
      // As high as the query: what does not scroll needs no keyboard to scroll it.
      editorHeight: "auto",
      viewportMargin: Infinity,
      resizeable: false,
      // Tab goes on to the next field: an editor that keeps it cannot be left by keyboard.
      extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-S": false, "Ctrl-Enter": ask, "Cmd-Enter": ask },
      requestConfig: {
        endpoint: new URL(settings.endpoint, location.origin).href,
        method: () => (address("").length > LONGEST_ADDRESS ? "POST" : "GET"),
        args: settings.release ? [{ name: "release", value: settings.release }] : [],
        acceptHeaderSelect: "application/sparql-results+json",
        acceptHeaderGraph: "text/turtle",
      },
    });
    // What the keys do is said once, below the editor.
    editor.showNotification = () => {};
    const input = editor.getInputField();
    input.setAttribute("aria-label", texts.query);
    input.setAttribute("aria-describedby", "keys");
    editor.on("change", showAddress);
    editor.on("query", () => busy(true));
    editor.on("queryResponse", (_editor, answer, ms) => answered(answer, ms));
  }

  function busy(yes) {
    run.textContent = yes ? texts.stop : texts.run;
    section.setAttribute("aria-busy", String(yes));
  }

  function ask() {
    if (run.textContent === texts.stop) return editor.abortQuery();
    results = null;
    return editor.query().catch(() => {});
  }

  function answered(answer, ms) {
    busy(false);
    if (answer && answer.name === "AbortError") return;
    document.querySelectorAll(".notice.bad").forEach((one) => one.remove());
    section.hidden = false;
    downloads.hidden = true;
    if (answer instanceof Error) return refused(answer.message);
    keepAddress();
    offerDownloads(GRAPHS.includes(editor.getQueryType()) ? "graph" : "rows");
    show(answer, ms);
  }

  function refused(text) {
    let problem = { title: texts.failed, detail: text };
    try {
      problem = JSON.parse(text);
    } catch {
      // Not one of our problems: the network failed, and the text says how.
    }
    const box = element("div", { className: "notice bad", lang: problem.type ? "en" : "" });
    if (!problem.type) box.removeAttribute("lang");
    box.setAttribute("role", "alert");
    box.append(element("h3", { textContent: problem.title }), element("p", { textContent: problem.detail }));
    if (problem.line) box.append(element("p", { textContent: `${problem.line}:${problem.column}` }));
    if (problem.hint) box.append(element("p", { textContent: problem.hint }));
    body.replaceChildren(box);
    if (problem.line) editor.getDoc().setCursor(problem.line - 1, (problem.column || 1) - 1);
  }

  function keepAddress() {
    const shown = new URL(address(""));
    shown.pathname = settings.page;
    history.replaceState(null, "", shown);
    document.querySelectorAll(".languages a").forEach((link) => (link.search = shown.search));
  }

  /* The answer */

  function show(answer, ms) {
    const place = element("div", {});
    const count = element("p", { className: "count" });
    count.setAttribute("role", "status");
    body.replaceChildren(count, place);
    results = new Yasr(place, {
      persistenceId: null,
      prefixes: () => ({ ...settings.prefixes, ...editor.getPrefixesFromQuery() }),
    });
    results.on("drawn", () => mend(place));
    results.setResponse(answer, ms);
    const found = results.results && results.results.getBindings();
    const number = found ? found.length : null;
    const said = number === null ? "" : (number === 1 ? texts.row : texts.rows).replace("{}", number.toLocaleString(document.documentElement.lang));
    count.textContent = [said, `${ms.toLocaleString(document.documentElement.lang)} ms`].filter(Boolean).join(" · ");
    place.addEventListener("pointerover", homeward);
    place.addEventListener("focusin", homeward);
  }

  // Names what the table leaves without a name, and says it in the language of the page.
  function mend(place) {
    const say = (selector, text) => place.querySelectorAll(selector).forEach((one) => (one.textContent = text));
    say(".select_table span", texts.table);
    say(".select_response span", texts.source);
    say(".pageSizerLabel", texts.size);
    say(".tableSizer option[value='-1']", texts.all);
    say(".booleanResult span", /^T/.test(place.querySelector(".booleanResult span")?.textContent || "") ? texts.yes : texts.no);
    say(".overlay_btn[title='Show all']", texts.everything);
    place.querySelectorAll(".tableControls label.switch span").forEach((one, index) => (one.textContent = [texts.simple, texts.cut][index]));
    place.querySelectorAll(".tableFilter").forEach((one) => {
      one.placeholder = texts.filter;
      one.setAttribute("aria-label", texts.filter);
    });
    place.querySelectorAll(".tableSizer").forEach((one) => one.setAttribute("aria-label", texts.size));
    place.querySelectorAll("[class*='select_']").forEach((one) => {
      one.removeAttribute("title");
      one.removeAttribute("aria-label");
      one.setAttribute("aria-pressed", String(one.classList.contains("selected")));
    });
    place.querySelectorAll(".yasr_plugin_control").forEach((one) => one.removeAttribute("aria-controls"));
    place.querySelectorAll(".CodeMirror textarea").forEach((one) => one.setAttribute("aria-label", texts.source));
    const box = place.querySelector(".yasr_results");
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", texts.body);
    place.querySelectorAll("th .dt-column-title:empty").forEach((one) => (one.textContent = "#"));
  }

  // Our things have their pages here, wherever their names point.
  function homeward(event) {
    const link = event.target.closest("a.iri");
    if (!link || !link.href.startsWith(settings.base)) return;
    const path = link.href.slice(settings.base.length);
    link.href = `${settings.prefix}/${path.startsWith("graph/") ? "graphs/" + path.slice(6) : path}`;
  }

  /* Examples, and the way back to the plain form */

  function examples() {
    const choice = element("select", { id: "example" }, element("option", { value: "", textContent: texts.choose }));
    const groups = new Map();
    document.querySelectorAll("#example-list a[data-topic]").forEach((link) => {
      const topic = link.dataset.topic;
      if (!groups.has(topic)) groups.set(topic, choice.appendChild(element("optgroup", { label: topic })));
      const text = new URL(link.href).searchParams.get("query");
      groups.get(topic).append(element("option", { value: text, textContent: link.textContent }));
      link.addEventListener("click", (event) => {
        if (!editor || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        take(text);
      });
    });
    choice.addEventListener("change", () => choice.value && take(choice.value));
    return element("p", { className: "example" }, element("label", { htmlFor: "example", textContent: texts.example }), choice);
  }

  function take(text) {
    editor.setValue(text);
    form.scrollIntoView({ block: "start" });
    editor.focus();
    ask();
  }

  function remembered(choice) {
    try {
      if (choice) localStorage.setItem(CHOICE, choice);
      return localStorage.getItem(CHOICE);
    } catch {
      return null;
    }
  }

  const chosen = examples();
  const keys = element("p", { className: "hint", id: "keys", textContent: texts.keys });
  const change = element("button", { type: "button", className: "second change" });

  function start() {
    startEditor();
    form.prepend(chosen);
    area.after(keys);
    change.textContent = texts.plain;
    // The server's answer stays until ours is there; a query that it refused is not asked again.
    if (!section.hidden && !document.querySelector(".notice.bad")) ask();
  }

  function stop() {
    area.value = editor.getValue();
    editor.abortQuery();
    form.querySelector(".editor").remove();
    editor = null;
    chosen.remove();
    keys.remove();
    area.hidden = false;
    change.textContent = texts.enhanced;
    area.focus();
  }

  change.addEventListener("click", () => {
    if (editor) {
      stop();
      remembered("plain");
    } else {
      remembered("enhanced");
      start();
      editor.focus();
    }
  });
  form.addEventListener("submit", (event) => {
    if (!editor) return;
    area.value = editor.getValue();
    if (format.value) return;
    event.preventDefault();
    ask();
  });
  form.querySelector("label[for=query]").addEventListener("click", () => editor && editor.focus());
  format.addEventListener("change", showAddress);
  area.addEventListener("input", showAddress);
  run.after(change);
  copyButton();
  completers();
  Yasr.plugins.table.defaults.openIriInNewWindow = false;
  // The column of row numbers leaves out its own margins.
  const table = Yasr.plugins.table.prototype;
  const narrow = table.getSizeFirstColumn;
  table.getSizeFirstColumn = function () {
    return narrow.call(this) + 24;
  };
  Object.assign(Yasr.plugins.table.defaults.tableConfig.language, settings.table);
  if (remembered() === "plain") change.textContent = texts.enhanced;
  else start();
  showAddress();
})();
