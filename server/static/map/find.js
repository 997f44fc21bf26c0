// A field that leads to a thing of the map by its name.
import { element } from "./page.js";

const OFFERED = 30;

/** A text as people type it: without accents, in small letters. */
export function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/œ/gi, "oe").replace(/æ/gi, "ae").toLowerCase();
}

/** The things whose name holds what is typed: those that begin with it first. */
export function matching(names, typed) {
  const wanted = plain(typed.trim());
  if (!wanted) return [];
  const found = names.map(([id, name]) => [id, name, plain(name).indexOf(wanted)]).filter((one) => one[2] >= 0);
  return found.sort((one, other) => Number(one[2] > 0) - Number(other[2] > 0) || one[1].localeCompare(other[1])).slice(0, OFFERED);
}

/**
 * @param {function(): [string, string][]} names
 * @param {function(string): void} go
 */
export function finder(texts, names, go) {
  const list = element("datalist", { id: "map-names" });
  const input = element("input", { id: "map-find", type: "search", autocomplete: "off" });
  input.setAttribute("list", list.id);
  const offer = ({ inputType }) => {
    const found = matching(names(), input.value);
    const exact = found.find((one) => one[1] === input.value);
    // What is typed may be the beginning of a longer name; what is taken from the list is not.
    if (exact && (!inputType || inputType === "insertReplacementText")) return go(exact[0]);
    list.replaceChildren(...found.map((one) => element("option", { value: one[1] })));
    input.setAttribute("aria-invalid", String(Boolean(input.value.trim()) && !found.length));
  };
  input.addEventListener("input", offer);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const [first] = matching(names(), input.value);
    if (first) go(first[0]);
  });
  return element("span", { className: "find" }, element("label", { htmlFor: input.id, textContent: texts.find }), input, list);
}
