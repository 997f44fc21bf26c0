// What the scripts of a map share of the page: its settings, and making elements.

/** Make an element with its properties and children. */
export function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** A button that does something, with a name for those who do not see its sign. */
export function button(sign, name, act, className = "second") {
  const made = element("button", { type: "button", className, textContent: sign });
  if (name !== sign) Object.assign(made, { ariaLabel: name, title: name });
  made.addEventListener("click", act);
  return made;
}

/** Text of the page in its language, and what else the server says of it. */
export function settingsOf(page) {
  return JSON.parse(page.getElementById("map-settings").textContent);
}

/** Whether whoever looks wants nothing to move by itself. */
export function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Wait until nothing more has come for a while, then act. */
export function settled(act, wait = 250) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), wait);
  };
}
