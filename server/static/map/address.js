// The address of exactly what is seen: filters, day, zoom and middle.

export const LOOKS = ["zoom", "centre", "draw"];

/** Where an address asks to look: a place or a thing in the middle, and how large. */
export function wanted(pairs, placeOf, base) {
  const zoom = Number(pairs.get("zoom")) || null;
  const said = pairs.get("centre") || "";
  const numbers = said.split(",").map(Number);
  if (numbers.length === 2 && numbers.every(Number.isFinite) && said) return { x: numbers[0], y: numbers[1], zoom };
  const place = said && placeOf(said.includes("/id/") ? said : `${base}id/${said.replace(/^id\//, "")}`);
  return place ? { ...place, zoom } : zoom && { zoom };
}

/** The parameters of where one looks. */
export function looks({ x, y, zoom }) {
  return { zoom: zoom.toFixed(2), centre: `${Math.round(x)},${Math.round(y)}` };
}

/** An address with some of its parameters replaced; those that are empty are left out. */
export function replaced(address, values) {
  const found = new URL(address, location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value) found.searchParams.set(name, value);
    else found.searchParams.delete(name);
  }
  // A comma reads better than its code, and means the same in a query.
  found.search = found.search.replace(/%2C/g, ",");
  return found;
}

/** Put where one looks into every address that the page shows of itself. */
export function tell(state) {
  const here = replaced(location.href, state);
  history.replaceState(null, "", here);
  const only = Object.fromEntries(LOOKS.map((name) => [name, here.searchParams.get(name) || ""]));
  for (const input of document.querySelectorAll("#permalink, #lasting, #embed")) {
    input.value = replaced(input.value, only).href;
  }
  for (const link of document.querySelectorAll(".languages a")) link.search = here.search;
  for (const link of document.querySelectorAll("a.full-map")) link.href = replaced(link.href, only).href;
  for (const form of document.querySelectorAll("form.filters")) keep(form, only);
}

/** Let what is drawn with other filters be looked at in the same way. */
function keep(form, values) {
  for (const [name, value] of Object.entries(values)) {
    let field = form.elements[name];
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name });
      form.append(field);
    }
    Object.assign(field, { value, disabled: !value });
  }
}
