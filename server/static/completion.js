// What the editor completes: classes and properties that the release holds, and our prefixes.
// They are asked of our own endpoint; YASGUI as it comes asks a third party.
(function () {
  "use strict";

  async function rows(settings, text) {
    const found = new URL(settings.endpoint, location.origin);
    found.searchParams.set("query", text);
    const answer = await fetch(found, { headers: { Accept: "application/sparql-results+json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).results.bindings;
  }

  // Asked once, when first needed; the most used first.
  function terms(settings, property, count) {
    let asked = null;
    const text = `PREFIX void: <http://rdfs.org/ns/void#>
SELECT ?term (MAX(?n) AS ?uses) WHERE {
  ?part void:${property} ?term .
  OPTIONAL { ?part void:${count} ?n }
}
GROUP BY ?term ORDER BY DESC(?uses) ?term`;
    return () => (asked = asked || rows(settings, text).then((found) => found.map((row) => row.term.value)));
  }

  function local(iri) {
    return iri.slice(Math.max(iri.lastIndexOf("#"), iri.lastIndexOf("/")) + 1).toLowerCase();
  }

  function shortened(iri, prefixes) {
    const fits = Object.entries(prefixes).filter(([, start]) => start && iri.startsWith(start));
    const [prefix, start] = fits.sort((one, other) => other[1].length - one[1].length)[0] || [];
    const rest = start === undefined ? "" : iri.slice(start.length);
    return /^[A-Za-z_][\w-]*$/.test(rest) ? `${prefix}:${rest}` : `<${iri}>`;
  }

  function completeTerms(Yasqe, settings, name, property, count) {
    const all = terms(settings, property, count);
    Object.assign(Yasqe.Autocompleters[name], {
      async get(_editor, token) {
        const typed = token.autocompletionString || "";
        const known = await all();
        if (typed.includes(":")) return known.filter((iri) => iri.startsWith(typed));
        return known.filter((iri) => local(iri).includes(typed.toLowerCase()));
      },
      postProcessSuggestion: (editor, _token, iri) =>
        shortened(iri, { ...settings.prefixes, ...editor.getPrefixesFromQuery() }),
    });
  }

  function completePrefixes(Yasqe, settings) {
    const prefixes = Yasqe.Autocompleters.prefixes;
    const bundled = prefixes.get;
    const ours = Object.entries(settings.prefixes).map(([name, start]) => `${name}: <${start}>`);
    const names = new Set(Object.keys(settings.prefixes));
    Object.assign(prefixes, {
      persistenceId: null,
      async get(editor) {
        const others = await bundled(editor);
        return [...ours, ...others.filter((line) => !names.has(line.slice(0, line.indexOf(":"))))];
      },
    });
  }

  window.maillage = window.maillage || {};
  window.maillage.complete = function (Yasqe, settings) {
    completeTerms(Yasqe, settings, "class", "class", "entities");
    completeTerms(Yasqe, settings, "property", "property", "triples");
    completePrefixes(Yasqe, settings);
  };
})();
