// The server's drawing, brought to life: what is tied stays and the rest fades, the keyboard walks
// along ties, and its box zooms and pans. Places are those of the map, whatever is shown of it.
import { settled } from "./page.js";
import { pinch } from "./pinch.js";

const LEAST = 0.1;
const MOST = 6;
// Names are smaller than this share of their size nowhere at first.
const READABLE = 0.45;
const STEP = 90;
const WALKS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const PANS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

export class Drawing {
  /**
   * @param {HTMLElement} box the figure that holds the drawing
   * @param {{picked: function, moved: function, wheel: function(): boolean}} told
   */
  constructor(box, told) {
    this.box = box;
    this.told = told;
    this.ending = new AbortController();
    this.lay(box.querySelector("svg.map"));
    this.take(box.querySelector("svg.map"));
    this.listen();
  }

  /** Lay a drawing on a ground so wide that each of its places can be in the middle. */
  lay(svg) {
    this.ground = this.box.querySelector(".ground");
    if (this.ground) return;
    this.ground = document.createElement("div");
    this.ground.className = "ground";
    svg.replaceWith(this.ground);
    this.ground.append(svg);
  }

  /** Take a drawing as the one that is shown. */
  take(svg) {
    this.svg = svg;
    this.size = svg.viewBox.baseVal;
    const shift = svg.querySelector("g.body").transform.baseVal.consolidate().matrix;
    this.shift = [shift.e, shift.f];
    this.things = new Map([...svg.querySelectorAll(".thing")].map((one) => [one.dataset.id, one]));
    this.ties = new Map();
    this.around = new Map();
    this.lanes = new Map();
    for (const tie of svg.querySelectorAll(".tie")) this.addTie(tie);
    for (const thing of this.things.values()) {
      named(thing);
      // Several things drawn as one have no page to lead to, and are reached all the same.
      if (!thing.href) Object.assign(thing, { role: "img", tabIndex: 0 });
    }
    this.zoom = svg.getBoundingClientRect().width / this.size.width;
  }

  addTie(tie) {
    const { from, to, relation } = tie.dataset;
    const id = [from, to, relation].join("|");
    this.ties.set(id, tie);
    for (const end of new Set([from, to])) this.around.set(end, [...(this.around.get(end) || []), id]);
    named(tie);
    Object.assign(tie, { role: "img", tabIndex: -1 });
    // A thin line is hard to point at.
    const lane = tie.cloneNode();
    for (const name of ["marker-end", "tabindex", "role", "aria-label", "stroke-dasharray"]) lane.removeAttribute(name);
    lane.setAttribute("class", "lane");
    tie.after(lane);
    this.lanes.set(lane, id);
  }

  /* Where one looks */

  /** The middle of what is seen, in the places of the map, and how large it is drawn. */
  view() {
    const svg = this.svg.getBoundingClientRect();
    const [x, y] = this.middle();
    return { x: (x - svg.left) / this.zoom - this.shift[0], y: (y - svg.top) / this.zoom - this.shift[1], zoom: this.zoom };
  }

  middle() {
    const box = this.box.getBoundingClientRect();
    return [box.left + this.box.clientWidth / 2, box.top + this.box.clientHeight / 2];
  }

  /** Show a place of the map in the middle. */
  show({ x, y, zoom }) {
    this.zoom = Math.min(MOST, Math.max(LEAST, zoom));
    const [width, height] = [this.size.width * this.zoom, this.size.height * this.zoom];
    const { clientWidth, clientHeight } = this.box;
    Object.assign(this.svg.style, { width: `${width}px`, left: `${clientWidth / 2}px`, top: `${clientHeight / 2}px` });
    Object.assign(this.ground.style, { width: `${width + clientWidth}px`, height: `${height + clientHeight}px` });
    const svg = this.svg.getBoundingClientRect();
    const [middle, centre] = this.middle();
    this.box.scrollLeft += svg.left + (x + this.shift[0]) * this.zoom - middle;
    this.box.scrollTop += svg.top + (y + this.shift[1]) * this.zoom - centre;
    this.told.moved();
  }

  /** Zoom, keeping what is under a point of the screen there. */
  zoomBy(factor, point = this.middle()) {
    const { x, y, zoom } = this.view();
    const wanted = Math.min(MOST, Math.max(LEAST, zoom * factor));
    const [middle, centre] = this.middle();
    const kept = 1 / zoom - 1 / wanted;
    this.show({ x: x + (point[0] - middle) * kept, y: y + (point[1] - centre) * kept, zoom: wanted });
  }

  panBy(x, y) {
    this.box.scrollLeft += x;
    this.box.scrollTop += y;
    this.told.moved();
  }

  /** Show all of it. */
  whole() {
    const { width, height } = this.size;
    const zoom = Math.min(this.box.clientWidth / width, this.box.clientHeight / height);
    this.show({ x: width / 2 - this.shift[0], y: height / 2 - this.shift[1], zoom });
  }

  /** Show it as wide as its box, unless names would be too small to read. */
  start() {
    const zoom = this.first();
    const half = this.box.clientWidth / 2 / zoom;
    // Columns are read from the left.
    const x = this.box.dataset.layout === "layers" ? Math.min(half, this.size.width / 2) : this.size.width / 2;
    this.show({ x: x - this.shift[0], y: this.box.clientHeight / 2 / zoom - this.shift[1], zoom });
  }

  /** How large it is at first: what is all around one thing is seen whole, however small. */
  first() {
    const fitting = Math.min(1, this.box.clientWidth / this.size.width);
    return this.box.dataset.centre ? fitting : Math.max(fitting, READABLE);
  }

  /** How high the box is for all of the drawing to be seen at first, at most. */
  height() {
    return this.size.height * this.first();
  }

  placeOf(id) {
    const card = this.things.get(id)?.querySelector(".card");
    if (!card) return null;
    const { x, y, width, height } = card.getBBox();
    return { x: x + width / 2, y: y + height / 2 };
  }

  /* What is looked at */

  /** Let all but a thing or a tie, and what it is tied to, fade; nothing fades for null. */
  pick(id) {
    this.svg.classList.toggle("picked", id !== null);
    this.svg.querySelectorAll(".near").forEach((one) => one.classList.remove("near"));
    if (id === null) return;
    const ties = this.ties.has(id) ? [id] : this.around.get(id) || [];
    const near = new Set(this.things.has(id) ? [id] : []);
    for (const name of ties) {
      const tie = this.ties.get(name);
      tie.classList.add("near");
      near.add(tie.dataset.from).add(tie.dataset.to);
    }
    for (const name of near) this.things.get(name)?.classList.add("near");
  }

  /** Go to a thing: show it, and let the keyboard go on from there. */
  goTo(id) {
    const thing = this.things.get(id);
    if (!thing) return;
    const place = this.placeOf(id);
    if (place) this.show({ ...place, zoom: Math.max(this.zoom, 0.9) });
    focusOn(thing);
  }

  names() {
    return [...this.things].map(([id, thing]) => [id, thing.getAttribute("aria-label")]);
  }

  count() {
    return this.things.size;
  }

  /** What an element of the drawing is: the name of its thing or tie. */
  idOf(target) {
    const found = target.closest?.(".thing, .tie, .lane");
    if (!found || !this.svg.contains(found)) return null;
    if (found.matches(".lane")) return this.lanes.get(found);
    const { id, from, to, relation } = found.dataset;
    return id || [from, to, relation].join("|");
  }

  at(id) {
    return this.things.get(id) || this.ties.get(id);
  }

  /* What hands do */

  listen() {
    const { signal } = this.ending;
    const on = (name, act, more) => this.box.addEventListener(name, act, { signal, ...more });
    on("keydown", (event) => this.key(event));
    on("focusin", (event) => this.focused(event.target));
    on("focusout", () => this.told.picked(null));
    on("pointerover", (event) => this.pointed(event));
    on("pointerleave", () => this.told.picked(this.focusedId()));
    on("wheel", (event) => this.wheel(event), { passive: false });
    on("scroll", () => this.told.moved());
    pinch(this.box, { zoom: (factor, point) => this.zoomBy(factor, point), pan: (x, y) => this.panBy(x, y), signal });
    on("dragstart", (event) => event.preventDefault());
    on("pointerdown", (event) => this.grab(event));
    on("click", (event) => this.clicked(event), { capture: true });
    addEventListener("resize", settled(() => this.show(this.view())), { signal });
  }

  focusedId() {
    return this.box.contains(document.activeElement) ? this.idOf(document.activeElement) : null;
  }

  focused(target) {
    const id = this.idOf(target);
    if (id === null) return;
    this.reveal(target);
    this.told.picked(id, target.getBoundingClientRect());
  }

  /** Bring what has the focus into sight. */
  reveal(target) {
    const one = target.getBoundingClientRect();
    const box = this.box.getBoundingClientRect();
    const over = (low, high, least, most) => (low < least ? low - least - 40 : high > most ? high - most + 40 : 0);
    if (one.width < box.width) this.box.scrollLeft += over(one.left, one.right, box.left, box.right);
    if (one.height < box.height) this.box.scrollTop += over(one.top, one.bottom, box.top, box.bottom);
  }

  pointed(event) {
    if (this.dragging) return;
    const id = this.idOf(event.target);
    const point = { left: event.clientX + 12, right: event.clientX, top: event.clientY, bottom: event.clientY };
    const shown = id !== null && this.things.has(id) ? this.at(id).getBoundingClientRect() : point;
    if (id === null) this.told.picked(this.focusedId());
    else this.told.picked(id, shown);
  }

  clicked(event) {
    const id = this.idOf(event.target);
    if (this.dragged) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.pointerType === "touch" && this.things.has(id) && this.touched !== id) {
      // The first touch says what it is, the second one opens it.
      event.preventDefault();
      this.told.picked(id, this.at(id).getBoundingClientRect());
    }
    this.touched = id;
    this.dragged = false;
  }

  /** Drag with a mouse; fingers scroll as they do everywhere. */
  grab(event) {
    this.dragged = false;
    if (event.pointerType === "touch" || event.button !== 0) return;
    const from = { x: event.clientX, y: event.clientY, left: this.box.scrollLeft, top: this.box.scrollTop };
    const drag = new AbortController();
    const move = (moved) => {
      const [x, y] = [moved.clientX - from.x, moved.clientY - from.y];
      if (!this.dragging && Math.hypot(x, y) < 5) return;
      this.dragging = this.dragged = true;
      this.box.classList.add("dragging");
      this.box.scrollLeft = from.left - x;
      this.box.scrollTop = from.top - y;
    };
    const end = () => {
      drag.abort();
      this.dragging = false;
      this.box.classList.remove("dragging");
    };
    addEventListener("pointermove", move, { signal: drag.signal });
    for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, end, { signal: drag.signal });
  }

  wheel(event) {
    if (!this.told.wheel()) return;
    event.preventDefault();
    this.zoomBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0018)), [event.clientX, event.clientY]);
  }

  /** Walk, pan and zoom by keys, once the box or something in it has the focus. */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const id = this.idOf(event.target);
    const act = this.acts(event.key, id);
    if (!act) return;
    event.preventDefault();
    act();
  }

  acts(key, id) {
    if (key === "+" || key === "=") return () => this.zoomBy(1.25);
    if (key === "-") return () => this.zoomBy(0.8);
    if (key === "0") return () => this.whole();
    if (key === "Escape") return () => this.leave(id);
    if (id === null) return PANS[key] && (() => this.panBy(...PANS[key].map((way) => way * STEP)));
    if (key in WALKS) return () => this.walk(id, WALKS[key]);
    if (key === "Enter" && this.ties.has(id)) return () => focusOn(this.things.get(this.otherEnd(id)));
    return null;
  }

  /** From a thing to its first tie, from a tie to the next one of the same thing. */
  walk(id, way) {
    if (this.things.has(id)) this.from = id;
    const ties = this.around.get(this.from) || [];
    const at = ties.indexOf(id);
    const next = at < 0 ? (way > 0 ? 0 : ties.length - 1) : (at + way + ties.length) % ties.length;
    if (ties.length) focusOn(this.ties.get(ties[next]));
  }

  otherEnd(id) {
    const { from, to } = this.ties.get(id).dataset;
    return this.from === from ? to : from;
  }

  /** From a tie back to its thing, from there to the box, and from that out. */
  leave(id) {
    if (this.ties.has(id)) focusOn(this.things.get(this.from) || this.box);
    else if (id !== null) this.box.focus({ preventScroll: true });
    else this.box.blur();
    if (id === null) this.told.picked(null);
  }

  end() {
    this.ending.abort();
  }
}

/** The name that a browser would show beside the pointer is told in our own way. */
function named(one) {
  const title = one.querySelector(":scope > title");
  if (!title) return;
  one.setAttribute("aria-label", title.textContent);
  title.remove();
}

function focusOn(one) {
  one?.focus({ preventScroll: true });
}
