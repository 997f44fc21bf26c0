// Shows an answer with YASGUI's result views: named, in the language of the page, linked to it.
(function () {
  "use strict";
  const language = document.documentElement.lang;
  // Nothing is cut at first: what is cut shows itself to a mouse only. Later answers keep the choice.
  let views = { selectedPlugin: "table", pluginsConfig: { table: { isEllipsed: false } } };

  // The column of row numbers leaves out its own margins.
  function widen(Yasr) {
    const table = Yasr.plugins.table.prototype;
    const narrow = table.getSizeFirstColumn;
    table.getSizeFirstColumn = function () {
      return narrow.call(this) + 24;
    };
  }

  function say(place, selector, text) {
    place.querySelectorAll(selector).forEach((one) => (one.textContent = text));
  }

  function name(place, selector, text) {
    place.querySelectorAll(selector).forEach((one) => one.setAttribute("aria-label", text));
  }

  // Names what the views leave without a name, and translates what they say in English.
  function mend(place, texts) {
    say(place, ".select_table span", texts.table);
    say(place, ".select_response span", texts.source);
    say(place, ".pageSizerLabel", texts.size);
    say(place, ".tableSizer option[value='-1']", texts.all);
    say(place, ".overlay_btn[title='Show all']", texts.everything);
    say(place, "th .dt-column-title:empty", "#");
    place.querySelectorAll(".booleanResult span").forEach((one) => {
      one.textContent = { True: texts.yes, False: texts.no }[one.textContent] || one.textContent;
    });
    place.querySelectorAll(".tableControls label.switch span").forEach((one, index) => {
      one.textContent = [texts.simple, texts.cut][index];
    });
    place.querySelectorAll(".tableFilter").forEach((one) => (one.placeholder = texts.filter));
    name(place, ".tableFilter", texts.filter);
    name(place, ".tableSizer", texts.size);
    name(place, ".CodeMirror textarea", texts.source);
    place.querySelectorAll("[class*='select_']").forEach((one) => {
      one.removeAttribute("title");
      one.removeAttribute("aria-label");
      one.disabled = one.classList.contains("disabled");
      one.setAttribute("aria-pressed", String(one.classList.contains("selected")));
    });
    place.querySelectorAll(".yasr_plugin_control").forEach((one) => one.removeAttribute("aria-controls"));
    const box = place.querySelector(".yasr_results");
    Object.assign(box, { tabIndex: 0, role: "region", ariaLabel: texts.body });
  }

  // Our things have their pages here, wherever their names point.
  function homeward(event, settings) {
    const link = event.target.closest("a.iri");
    if (!link || !link.href.startsWith(settings.base)) return;
    const path = link.href.slice(settings.base.length);
    link.target = "_self";
    link.href = `${settings.prefix}/${path.startsWith("graph/") ? "graphs/" + path.slice(6) : path}`;
  }

  function counted(results, milliseconds, texts) {
    const time = `${milliseconds.toLocaleString(language)} ms`;
    const rows = results.results.getBindings();
    if (!rows) return time;
    const said = rows.length === 1 ? texts.row : texts.rows;
    return `${said.replace("{}", rows.length.toLocaleString(language))} · ${time}`;
  }

  window.maillage = window.maillage || {};
  window.maillage.prepare = function (Yasr, settings) {
    widen(Yasr);
    Object.assign(Yasr.plugins.table.defaults.tableConfig.language, settings.table);
  };
  window.maillage.show = function (Yasr, body, settings, prefixes, answer, milliseconds) {
    const place = document.createElement("div");
    const count = document.createElement("p");
    count.className = "count";
    count.setAttribute("role", "status");
    body.replaceChildren(count, place);
    const plugins = {};
    for (const [one, dynamicConfig] of Object.entries(views.pluginsConfig)) plugins[one] = { dynamicConfig };
    const defaultPlugin = views.selectedPlugin;
    const results = new Yasr(place, { persistenceId: null, prefixes, plugins, defaultPlugin });
    results.on("change", () => (views = results.getPersistentConfig()));
    // The views mark which of them is shown only after they have told that they are drawn.
    results.on("drawn", () => setTimeout(() => mend(place, settings.texts)));
    results.setResponse(answer, milliseconds);
    count.textContent = counted(results, milliseconds, settings.texts);
    for (const moment of ["pointerover", "focusin"]) {
      place.addEventListener(moment, (event) => homeward(event, settings));
    }
  };
})();
