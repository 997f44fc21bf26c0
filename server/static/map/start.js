// Brings a map to life. Without scripts, the page works as it stands: picture, table and filters.
import { LOOKS, looks, replaced, tell, wanted } from "./address.js";
import { Canvas, able, prepare } from "./canvas.js";
import { offerCopies } from "./copy.js";
import { Days } from "./days.js";
import { Drawing } from "./drawing.js";
import { finder } from "./find.js";
import { load } from "./graph.js";
import { button, element, settingsOf, settled } from "./page.js";
import { Tip } from "./tip.js";

const settings = settingsOf(document);
const { texts } = settings;
const given = new URLSearchParams(location.search);
// Only where a map stands alone in the frame of another site may it ask for the wheel at once.
const wheelAtOnce = settings.embedded && given.get("scroll") === "1";
const wheelNever = settings.embedded && !wheelAtOnce;

/** One map of a page, with everything around it that scripts add. */
class Living {
  constructor(box) {
    this.box = box;
    this.stage = element("div", { className: "map-stage" });
    this.status = element("p", { className: "hidden", role: "status" });
    box.before(this.stage);
    this.stage.append(box, this.status);
    this.tip = new Tip(this.stage, settings);
    this.picked = null;
    this.ready = false;
    this.pages = new Map();
    this.noted = settled(() => this.ready && tell({ ...looks(this.scene.view()), draw: this.drawn }));
    this.told = {
      picked: (id, rect, aloud) => this.pick(id, rect, aloud),
      moved: () => this.noted(),
      opened: (id) => this.open(id),
      wheel: () => wheelAtOnce || (!wheelNever && box.contains(document.activeElement)),
    };
  }

  /** The graph behind the picture, asked for when it is first needed. */
  graph() {
    this.asked ||= load(this.box.dataset.map);
    return this.asked;
  }

  async start() {
    this.box.classList.add("live");
    this.box.setAttribute("aria-describedby", "map-keys");
    this.scene = new Drawing(this.box, this.told);
    this.tools();
    this.days();
    offerCopies(texts);
    this.fit();
    const many = Number(this.box.dataset.things) > settings.most;
    const draw = given.get("draw") || (many ? "canvas" : "svg");
    this.scene.start();
    if (draw === "canvas") await this.change("canvas", given.has("draw") ? "canvas" : "");
    this.look();
    this.box.dataset.drawn = this.scene.count();
    const kept = Object.fromEntries(LOOKS.map((name) => [name, given.get(name) || ""]));
    if (Object.values(kept).some(Boolean)) tell(kept);
    // Moves that come from setting up are no moves of the one who looks.
    setTimeout(() => (this.ready = true), 600);
  }

  /** The box is as high as the drawing at first, or as the window allows. */
  fit() {
    const top = this.stage.getBoundingClientRect().top + scrollY;
    const room = settings.embedded ? innerHeight - top - 110 : Math.max(420, innerHeight * 0.86);
    const height = Math.min(this.scene.height(), room);
    this.stage.style.height = `${Math.max(settings.embedded ? 160 : 320, height)}px`;
  }

  /** Look where the address says. */
  look() {
    const place = wanted(given, (id) => this.scene.placeOf(id), settings.base);
    if (place) this.scene.show({ ...this.scene.view(), ...Object.fromEntries(Object.entries(place).filter((one) => one[1] !== null)) });
  }

  tools() {
    const bar = element("div", { className: "map-tools", role: "group", ariaLabel: texts.tools },
      button("+", texts.larger, () => this.scene.zoomBy(1.35)),
      button("−", texts.smaller, () => this.scene.zoomBy(1 / 1.35)),
      button(texts.whole, texts.whole, () => this.scene.whole()));
    if (!settings.embedded) bar.append(...this.choice(), finder(texts, () => this.scene.names(), (id) => this.scene.goTo(id)));
    this.keys = element("p", { className: "hint", id: "map-keys", textContent: texts.keys });
    this.stage.before(bar);
    if (!settings.embedded) this.stage.after(this.keys);
    else this.stage.after(Object.assign(this.keys, { className: "hidden" }));
  }

  /** A button to draw in the other way, where this browser can. */
  choice() {
    if (!settings.vendor || !able()) return [];
    this.other = button(texts.canvas, texts.canvas, () => this.change(this.scene instanceof Canvas ? "svg" : "canvas"));
    return [this.other];
  }

  /** Draw in another way, looking at the same place; the drawing stays where that is impossible. */
  async change(way, noted = way) {
    if ((way === "canvas") === this.scene instanceof Canvas) return;
    const view = this.scene.view();
    if (way === "canvas") {
      if (!settings.vendor || !able()) return;
      this.say(texts.loading);
      this.box.setAttribute("aria-busy", "true");
      try {
        await prepare(settings.vendor);
        const graph = await this.graph();
        this.scene.end();
        this.scene = new Canvas(this.box, graph, this.told, texts);
      } finally {
        this.box.setAttribute("aria-busy", "false");
      }
    } else {
      this.scene.end();
      this.scene = new Drawing(this.box, this.told);
    }
    this.drawn = noted;
    this.keys.textContent = way === "canvas" ? texts.canvas_keys : texts.keys;
    if (this.other) this.other.textContent = way === "canvas" ? texts.drawing : texts.canvas;
    this.box.dataset.drawn = this.scene.count();
    if (this.ready) this.scene.show(view);
    else this.scene.start();
    this.say(texts.shown.replace("{}", this.scene.count()));
  }

  say(text) {
    this.status.textContent = text;
  }

  /** Show what is pointed at, or has the focus, and tell of it. */
  async pick(id, rect, aloud = false) {
    if (id === this.picked && id !== null && !aloud) return;
    this.picked = id;
    this.scene.pick(id);
    if (id === null || !rect) return this.tip.hide();
    const graph = await this.graph();
    if (this.picked !== id) return;
    const [thing, tie] = [graph.things.get(id), graph.ties.get(id)];
    if (!thing && !tie) return this.tip.hide();
    this.tip.show(thing ? this.tip.ofThing(graph, thing) : this.tip.ofTie(graph, tie), rect);
    if (aloud) this.say(this.tip.box.innerText);
  }

  /** Open the page of a thing, where it has one here. */
  open(id) {
    if (id.startsWith(settings.base)) location.assign(`${settings.prefix}/${id.slice(settings.base.length)}`);
  }

  /* Another day */

  days() {
    // In the frame of another site there is no field: the picture itself says its days.
    const field = document.getElementById("f-on");
    const days = (field || this.box).dataset.days?.split(" ").filter(Boolean) || [];
    if (!days.length) return;
    this.slider = new Days(days, field ? field.value : this.box.dataset.on, settings, {
      show: (day) => this.showDay(day),
      soon: (day) => this.page(this.of(day)),
      said: (day) => this.tip.day(day),
    });
    this.stage.before(this.slider.box);
  }

  of(day) {
    return replaced(location.href, { on: day, ...Object.fromEntries(LOOKS.map((name) => [name, ""])) }).href;
  }

  /** The page of an address, as the server makes it, kept for when it is shown again. */
  page(address) {
    if (!this.pages.has(address)) {
      const asked = fetch(address, { headers: { Accept: "text/html" } }).then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      });
      asked.catch(() => this.pages.delete(address));
      this.pages.set(address, asked);
    }
    return this.pages.get(address);
  }

  /** Show what the server answers for a day: picture, table, texts and downloads. */
  async showDay(day) {
    const address = this.of(day);
    this.awaited = address;
    this.box.setAttribute("aria-busy", "true");
    let text;
    try {
      text = await this.page(address);
    } catch {
      // The plain way shows what is wrong.
      location.assign(address);
      return;
    }
    if (this.awaited !== address) return;
    history.replaceState(null, "", replaced(location.href, { on: day }));
    const field = document.getElementById("f-on");
    if (field) field.value = day;
    await this.take(new DOMParser().parseFromString(text, "text/html"));
    this.box.setAttribute("aria-busy", "false");
  }

  async take(page) {
    const view = this.scene.view();
    const box = page.querySelector(".map-box");
    this.pick(null);
    this.asked = null;
    Object.assign(this.box.dataset, { map: box.dataset.map, things: box.dataset.things });
    const svg = document.adoptNode(box.querySelector("svg.map"));
    this.box.querySelector("svg.map").replaceWith(svg);
    for (const part of document.querySelectorAll("[data-swap]")) {
      const fresh = page.querySelector(`[data-swap="${part.dataset.swap}"]`);
      if (fresh) part.replaceChildren(...fresh.childNodes);
    }
    this.scene.take(this.scene instanceof Canvas ? await this.graph() : svg);
    this.scene.show(view);
    this.box.dataset.drawn = this.scene.count();
    this.box.dataset.shown = box.dataset.map;
    this.say(texts.shown.replace("{}", this.scene.count()));
    offerCopies(texts);
    tell({ ...looks(this.scene.view()), draw: this.drawn });
  }
}

const box = document.querySelector(".map-box");
if (box?.querySelector("svg.map")) new Living(box).start();
