// Puts YASGUI's editor and result views in the place of the plain form, which stays one click away.
// Without scripts, or without what this one needs, the form works as it stands.
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
  let running = 0;

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  /* What can be taken away */

  function address(name) {
    const found = new URL(settings.endpoint, location.origin);
    found.searchParams.set("query", editor ? editor.getValue() : area.value);
    if (settings.release) found.searchParams.set("release", settings.release);
    if (name) found.searchParams.set("format", name);
    return found.href;
  }

  function showAddress() {
    permalink.value = address(format.value);
    permalink.closest("div").hidden = false;
  }

  function offerDownloads(kind) {
    const links = settings.formats[kind].map(([name, code, suffix]) =>
      element("a", { href: address(code), download: "answer." + suffix, textContent: name }),
    );
    downloads.querySelectorAll("a").forEach((link) => link.remove());
    downloads.append(...links);
    downloads.hidden = false;
  }

  async function copyAddress(said) {
    try {
      await navigator.clipboard.writeText(permalink.value);
    } catch {
      // Without the right to write there, or without TLS: the old way.
      permalink.select();
      document.execCommand("copy");
    }
    said.textContent = texts.copied;
  }

  function offerCopy() {
    const said = element("span", { className: "quiet", role: "status" });
    const button = element("button", { type: "button", className: "second", textContent: texts.copy });
    button.addEventListener("click", () => copyAddress(said));
    permalink.after(button, said);
  }

  function keepAddress() {
    const shown = new URL(address(""));
    shown.pathname = settings.page;
    history.replaceState(null, "", shown);
    document.querySelectorAll(".languages a").forEach((link) => (link.search = shown.search));
  }

  /* Asking */

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
    editor.on("query", () => busy(1));
    editor.on("queryResponse", (_editor, answer, milliseconds) => answered(answer, milliseconds));
  }

  function busy(change) {
    running += change;
    run.textContent = running ? texts.stop : texts.run;
    section.setAttribute("aria-busy", String(running > 0));
  }

  function ask() {
    return editor.query().catch(() => {});
  }

  function answered(answer, milliseconds) {
    busy(-1);
    if (answer.name === "AbortError") return;
    document.querySelectorAll(".notice.bad").forEach((one) => one.remove());
    section.hidden = false;
    downloads.hidden = true;
    if (answer instanceof Error) {
      refused(answer.message);
      return;
    }
    keepAddress();
    offerDownloads(GRAPHS.includes(editor.getQueryType()) ? "graph" : "rows");
    const prefixes = () => ({ ...settings.prefixes, ...editor.getPrefixesFromQuery() });
    window.maillage.show(Yasr, body, settings, prefixes, answer, milliseconds);
  }

  function refused(text) {
    let problem = { title: texts.failed, detail: text };
    const box = element("div", { className: "notice bad", role: "alert" });
    try {
      problem = JSON.parse(text);
      // Problems are told to programs in English.
      box.lang = "en";
    } catch {
      // Not one of our problems: the network failed, and the text says how.
    }
    const place = problem.line && `${problem.line}:${problem.column}`;
    box.append(element("h3", { textContent: problem.title }));
    box.append(...[problem.detail, place, problem.hint].filter(Boolean).map((textContent) => element("p", { textContent })));
    body.replaceChildren(box);
    if (place) editor.getDoc().setCursor(problem.line - 1, (problem.column || 1) - 1);
  }

  /* Examples, and the way back to the plain form */

  function take(text) {
    editor.setValue(text);
    form.scrollIntoView({ block: "start" });
    editor.focus();
    ask();
  }

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
    const label = element("label", { htmlFor: "example", textContent: texts.example });
    return element("p", { className: "example" }, label, choice);
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
    remembered(editor ? "plain" : "enhanced");
    if (editor) stop();
    else start();
    if (editor) editor.focus();
  });
  form.addEventListener("submit", (event) => {
    if (!editor) return;
    area.value = editor.getValue();
    if (format.value && !running) return;
    event.preventDefault();
    if (running) editor.abortQuery();
    else ask();
  });
  form.querySelector("label[for=query]").addEventListener("click", () => editor && editor.focus());
  format.addEventListener("change", showAddress);
  area.addEventListener("input", showAddress);
  form.querySelector(".buttons").append(change);
  offerCopy();
  window.maillage.complete(Yasqe, settings);
  window.maillage.prepare(Yasr, settings);
  if (remembered() === "plain") change.textContent = texts.enhanced;
  else start();
  showAddress();
})();
