// Very many things, drawn by the graphics card with sigma: the same places and colours, from the
// same graph. Where there is no WebGL, the server's drawing stays.
import { element, still } from "./page.js";

const LEAST = 0.01;
const MOST = 6;
const STEP = 90;
// Of more ties, none can be pointed at and none has an arrow: they would be too slow to draw.
const POINTABLE = 4000;
const FAINT = { light: "#dfe4e1", dark: "#26332f" };
const INK = { light: "#18282a", dark: "#e7ece9" };
const GROUND = { light: "#ffffff", dark: "#10191a" };

/** Whether this browser can draw with WebGL. */
export function able() {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

function script(address) {
  return new Promise((resolve, reject) => {
    const made = Object.assign(document.createElement("script"), { src: address, onload: resolve, onerror: reject });
    document.head.append(made);
  });
}

/** Fetch what draws, once. */
export async function prepare(addresses) {
  for (const address of addresses) {
    if (!document.querySelector(`script[src="${address}"]`)) await script(address);
  }
}

export class Canvas {
  /**
   * @param {HTMLElement} box
   * @param {import("./graph.js").Graph} graph
   * @param {{picked: function, moved: function, opened: function, wheel: function(): boolean}} told
   */
  constructor(box, graph, told, texts) {
    this.box = box;
    this.told = told;
    this.near = null;
    this.place = element("div", { className: "canvas" });
    this.legend = element("ul", { className: "map-legend", ariaLabel: texts.legend });
    box.append(this.place);
    box.parentElement.after(this.legend);
    box.classList.add("with-canvas");
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.ending = new AbortController();
    this.build(graph);
    this.start();
    this.listen();
  }

  get theme() {
    return this.dark.matches ? "dark" : "light";
  }

  build(graph) {
    this.graph = graph;
    this.explain(graph);
    const inner = this.filled(graph);
    if (this.sigma) {
      this.sigma.setGraph(inner);
      return;
    }
    this.sigma = new window.Sigma(inner, this.place, {
      ...this.colours(),
      allowInvalidContainer: true,
      enableEdgeEvents: graph.ties.size <= POINTABLE,
      defaultEdgeType: "line",
      hideEdgesOnMove: graph.ties.size > 3 * POINTABLE,
      hideLabelsOnMove: graph.things.size > POINTABLE,
      labelFont: "'DejaVu Sans', Verdana, Arial, sans-serif",
      labelSize: 12,
      labelRenderedSizeThreshold: 5,
      labelDensity: 0.6,
      labelGridCellSize: 130,
      minEdgeThickness: 0.6,
      stagePadding: 24,
      zIndex: true,
      nodeReducer: (id, data) => this.reduced(this.near && !this.near.has(id), data, this.near?.first === id),
      edgeReducer: (id, data) => (this.near && !this.near.has(id) ? { ...data, hidden: true } : data),
      defaultDrawNodeHover: (context, data, settings) => this.hover(context, data, settings),
    });
    // Places stay where they are when another day shows other things.
    this.sigma.setCustomBBox(this.sigma.getBBox());
  }

  colours() {
    return { labelColor: { color: INK[this.theme] }, defaultNodeColor: FAINT[this.theme] };
  }

  filled(graph) {
    const shades = graph.legend.colours[this.theme];
    const inner = new window.graphology.MultiDirectedGraph();
    for (const { id, label, metadata } of graph.things.values()) {
      const size = Math.min(16, 2.5 + 1.3 * Math.sqrt(metadata.ties));
      inner.addNode(id, { x: metadata.x, y: -metadata.y, label, size, color: shades[metadata.colour].line });
    }
    const arrows = graph.ties.size <= POINTABLE;
    for (const tie of graph.ties.values()) {
      const type = arrows && tie.directed ? "arrow" : "line";
      const color = shades[tie.metadata.colour].line + (arrows ? "b0" : "60");
      inner.addEdgeWithKey(tie.id, tie.source, tie.target, { size: arrows ? 1.4 : 0.8, color, type });
    }
    return inner;
  }

  /** Say what the colours are, as the legend of the drawing does. */
  explain({ legend }) {
    const shades = legend.colours[this.theme];
    const entry = (kind, { title, colour }) => {
      const sign = element("i", { className: kind });
      sign.style.background = shades[colour].line;
      return element("li", {}, sign, title);
    };
    this.legend.replaceChildren(
      ...legend.groups.map((one) => entry("dot", one)), ...legend.relations.map((one) => entry("line", one)));
  }

  reduced(faded, data, first) {
    if (faded) return { ...data, color: FAINT[this.theme], label: "", zIndex: 0 };
    return this.near ? { ...data, zIndex: 1, forceLabel: first || this.near.size < 80, highlighted: first } : data;
  }

  /** The name of what is pointed at, on the ground of the picture. */
  hover(context, data, settings) {
    context.font = `600 ${settings.labelSize}px ${settings.labelFont}`;
    const width = context.measureText(data.label || "").width;
    context.fillStyle = GROUND[this.theme];
    context.strokeStyle = data.color;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(data.x, data.y, data.size + 3, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    if (!data.label) return;
    context.fillRect(data.x + data.size + 3, data.y - 9, width + 8, 18);
    context.fillStyle = INK[this.theme];
    context.fillText(data.label, data.x + data.size + 6, data.y + 4);
  }

  /** Take another graph as the one that is shown. */
  take(graph) {
    const view = this.view();
    this.near = null;
    this.build(graph);
    this.show(view);
  }

  /* Where one looks */

  view() {
    const { width, height } = this.sigma.getDimensions();
    const { x, y } = this.sigma.viewportToGraph({ x: width / 2, y: height / 2 });
    return { x, y: -y, zoom: this.zoom() };
  }

  zoom() {
    const one = this.sigma.graphToViewport({ x: 0, y: 0 });
    return this.sigma.graphToViewport({ x: 1000, y: 0 }).x / 1000 - one.x / 1000;
  }

  show({ x, y, zoom }) {
    const camera = this.sigma.getCamera();
    const wanted = Math.min(MOST, Math.max(LEAST, zoom));
    const place = this.sigma.viewportToFramedGraph(this.sigma.graphToViewport({ x, y: -y }));
    camera.setState({ x: place.x, y: place.y, ratio: (camera.ratio * this.zoom()) / wanted });
    this.told.moved();
  }

  zoomBy(factor) {
    const camera = this.sigma.getCamera();
    camera.animate({ ratio: camera.ratio / factor }, { duration: still() ? 0 : 150 });
  }

  panBy(x, y) {
    const { x: left, y: top, zoom } = this.view();
    this.show({ x: left + x / zoom, y: top + y / zoom, zoom });
  }

  whole() {
    this.sigma.getCamera().setState({ x: 0.5, y: 0.5, ratio: 1 });
    this.told.moved();
  }

  start() {
    this.whole();
  }

  placeOf(id) {
    const thing = this.graph.things.get(id);
    return thing ? { x: thing.metadata.x, y: thing.metadata.y } : null;
  }

  /* What is looked at */

  pick(id) {
    this.near = id === null ? null : this.nearTo(id);
    this.sigma.refresh({ skipIndexation: true });
  }

  nearTo(id) {
    const tie = this.graph.ties.get(id);
    const ties = tie ? [tie] : this.graph.tiesOf(id);
    const found = new Set([id, ...ties.flatMap((one) => [one.id, one.source, one.target])]);
    found.first = id;
    return found;
  }

  goTo(id) {
    const place = this.placeOf(id);
    if (!place) return;
    this.show({ ...place, zoom: Math.max(this.zoom(), 0.6) });
    this.box.focus({ preventScroll: true });
    this.stand(id);
  }

  /** Stay at a thing or tie, as if it had the focus. */
  stand(id) {
    this.standing = id;
    this.told.picked(id, id === null ? undefined : this.rect(id), true);
  }

  /** Where a thing, or the middle of a tie, is on the screen. */
  rect(id) {
    const tie = this.graph.ties.get(id);
    const ends = (tie ? [tie.source, tie.target] : [id]).map((one) => this.placeOf(one));
    const x = ends.reduce((sum, one) => sum + one.x, 0) / ends.length;
    const y = ends.reduce((sum, one) => sum + one.y, 0) / ends.length;
    const place = this.sigma.graphToViewport({ x, y: -y });
    const box = this.place.getBoundingClientRect();
    const [left, top] = [box.left + place.x, box.top + place.y];
    return { left: left + 14, right: left + 14, top: top - 8, bottom: top + 8 };
  }

  names() {
    return [...this.graph.things].map(([id, thing]) => [id, thing.label]);
  }

  count() {
    return this.sigma.getGraph().order;
  }

  /* What hands do */

  listen() {
    const on = (name, act, more) => this.box.addEventListener(name, act, { signal: this.ending.signal, ...more });
    const over = (id) => this.told.picked(id, this.rect(id));
    const out = () => this.told.picked(this.standing ?? null, this.standing ? this.rect(this.standing) : undefined);
    this.sigma.on("enterNode", ({ node }) => over(node));
    this.sigma.on("leaveNode", out);
    this.sigma.on("enterEdge", ({ edge }) => over(edge));
    this.sigma.on("leaveEdge", out);
    this.sigma.on("clickNode", ({ node }) => this.told.opened(node));
    this.sigma.getCamera().on("updated", () => this.told.moved());
    // Without the focus, the wheel moves the page.
    on("wheel", (event) => this.told.wheel() || event.stopPropagation(), { capture: true });
    on("keydown", (event) => this.key(event));
    on("focusout", () => this.stand(null));
    this.dark.addEventListener("change", () => this.recolour(), { signal: this.ending.signal });
  }

  recolour() {
    for (const [name, value] of Object.entries(this.colours())) this.sigma.setSetting(name, value);
    this.take(this.graph);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = this.acts(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  }

  acts(key) {
    const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    if (key === "+" || key === "=") return () => this.zoomBy(1.25);
    if (key === "-") return () => this.zoomBy(0.8);
    if (key === "0") return () => this.whole();
    if (key === "Enter") return () => this.enter();
    if (key === "Escape") return () => this.leave();
    if (!(key in ways)) return null;
    if (this.standing) return () => this.walk(key === "ArrowRight" || key === "ArrowDown" ? 1 : -1);
    return () => this.panBy(...ways[key].map((way) => way * STEP));
  }

  /** From nowhere to the thing nearest the middle, from a tie to its other end. */
  enter() {
    const tie = this.graph.ties.get(this.standing);
    if (tie) this.goTo(tie.source === this.from ? tie.target : tie.source);
    else if (this.standing) this.told.opened(this.standing);
    else this.stand(this.nearest());
  }

  nearest() {
    const { x, y } = this.view();
    let [found, least] = [null, Infinity];
    for (const { id, metadata } of this.graph.things.values()) {
      const away = Math.hypot(metadata.x - x, metadata.y - y);
      if (away < least) [found, least] = [id, away];
    }
    return found;
  }

  walk(way) {
    if (this.graph.things.has(this.standing)) this.from = this.standing;
    const ties = this.graph.around.get(this.from) || [];
    const at = ties.indexOf(this.standing);
    const next = at < 0 ? (way > 0 ? 0 : ties.length - 1) : (at + way + ties.length) % ties.length;
    if (ties.length) this.stand(ties[next]);
  }

  leave() {
    if (this.graph.ties.has(this.standing)) this.stand(this.from);
    else if (this.standing) this.stand(null);
    else this.box.blur();
  }

  end() {
    this.ending.abort();
    this.sigma.kill();
    this.place.remove();
    this.legend.remove();
    this.box.classList.remove("with-canvas");
  }
}
