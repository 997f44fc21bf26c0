// The days at which anything in a map changes, to step or to play through. Each stop is what the
// server answers for that day, and its address is in the address bar.
import { button, element, still } from "./page.js";

const PAUSE = 1600;

export class Days {
  /**
   * @param {string[]} days
   * @param {string} on the day that is shown, or nothing
   * @param {{show: function(string): Promise<void>, soon: function(string): void, said: function(string): string}} told
   */
  constructor(days, on, settings, told) {
    this.texts = settings.texts;
    this.told = told;
    // The first stop is all dates together.
    this.stops = ["", ...new Set([...days, ...(on ? [on] : [])].sort())];
    this.timer = 0;
    this.build(settings);
    this.at(this.stops.indexOf(on || ""));
  }

  build({ texts }) {
    const last = this.stops.length - 1;
    this.range = element("input", { type: "range", id: "map-day", min: 0, max: last, step: 1 });
    this.label = element("label", { htmlFor: "map-day", textContent: texts.on });
    this.said = element("output", { htmlFor: "map-day" });
    this.back = button("◀", texts.back, () => this.go(this.place - 1));
    this.play = button(texts.play, texts.play, () => (this.timer ? this.pause() : this.run()), "second play");
    this.next = button("▶", texts.next, () => this.go(this.place + 1));
    this.range.addEventListener("input", () => this.go(Number(this.range.value)));
    const ticks = element("span", { className: "ticks", ariaHidden: "true" }, ...this.stops.map(() => element("i", {})));
    const slide = element("span", { className: "slide" }, this.range, ticks);
    this.box = element("div", { className: "map-days", role: "group", ariaLabel: texts.days },
      this.play, this.back, slide, this.next, this.label, this.said);
  }

  /** Note a stop as the one that is shown. */
  at(place) {
    this.place = place;
    this.range.value = String(place);
    const words = this.stops[place] ? this.told.said(this.stops[place]) : this.texts.always;
    this.said.textContent = words;
    this.range.setAttribute("aria-valuetext", words);
    this.back.disabled = place === 0;
    this.next.disabled = place === this.stops.length - 1;
  }

  /** Show a stop. */
  async go(place) {
    if (place < 0 || place >= this.stops.length) return;
    this.pause();
    await this.arrive(place);
  }

  async arrive(place) {
    this.at(place);
    await this.told.show(this.stops[place]);
  }

  run() {
    this.play.textContent = this.texts.pause;
    const step = async () => {
      // After the last day the play is over; it begins with the first one.
      const next = this.place >= this.stops.length - 1 ? 1 : Math.max(1, this.place + 1);
      await this.arrive(next);
      if (!this.timer || next === this.stops.length - 1) return this.pause();
      this.told.soon(this.stops[next + 1]);
      this.timer = setTimeout(step, still() ? 2 * PAUSE : PAUSE);
    };
    this.timer = setTimeout(step, 0);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.play.textContent = this.texts.play;
  }
}
