// What is said of a thing or a tie beside the pointer: its dates, and where it is written.
import { element } from "./page.js";

// Ties of a thing that are told; the table has them all.
const MOST = 4;

/** The last day of what ends before a day. */
function dayBefore(text) {
  const found = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(found.getTime())) return text;
  found.setUTCDate(found.getUTCDate() - 1);
  return found.toISOString().slice(0, 10);
}

export class Tip {
  constructor(stage, settings) {
    this.texts = settings.texts;
    this.language = document.documentElement.lang;
    this.stage = stage;
    this.box = element("div", { className: "map-tip", id: "map-tip", role: "tooltip", hidden: true });
    stage.append(this.box);
  }

  hide() {
    this.box.hidden = true;
  }

  /** Say something beside a place of the screen. */
  show(parts, { left, top, right, bottom }) {
    this.box.replaceChildren(...parts);
    this.box.hidden = false;
    const stage = this.stage.getBoundingClientRect();
    const { width, height } = this.box.getBoundingClientRect();
    const x = Math.min(Math.max(left - stage.left, 6), Math.max(6, stage.width - width - 6));
    const below = bottom - stage.top + 10;
    const above = top - stage.top - height - 10;
    const y = below + height < stage.height - 6 || above < 6 ? below : above;
    Object.assign(this.box.style, { left: `${x}px`, top: `${Math.min(y, stage.height - height - 6)}px` });
  }

  /** A day in words; a text that is none as it stands. */
  day(text) {
    const found = new Date(`${text}T00:00:00Z`);
    if (Number.isNaN(found.getTime())) return text;
    return new Intl.DateTimeFormat(this.language, { dateStyle: "long", timeZone: "UTC" }).format(found);
  }

  /** When a tie holds: its first and its last day. */
  dates({ since, until }) {
    const last = until && this.day(dayBefore(until));
    if (since && until) return this.texts.between.replace("{}", this.day(since)).replace("{}", last);
    if (since) return this.texts.since.replace("{}", this.day(since));
    return until ? this.texts.until.replace("{}", last) : this.texts.undated;
  }

  /** Where a tie is written. */
  origin(graph, tie) {
    return [...graph.sourcesOf(tie), tie.metadata.locators].filter(Boolean).join(", ");
  }

  /** @param {import("./graph.js").Tie} tie */
  ofTie(graph, tie) {
    const { source_label: from, target_label: to, count } = tie.metadata;
    const times = count > 1 ? ` (×${count})` : "";
    return [
      element("p", {}, element("b", { textContent: from }), ` ${tie.label} `, element("b", { textContent: to }), times),
      element("p", { className: "when", textContent: this.dates(tie.metadata) }),
      element("p", { className: "origin", textContent: this.origin(graph, tie) }),
    ];
  }

  /** @param {import("./graph.js").Thing} thing */
  ofThing(graph, thing) {
    const ties = graph.tiesOf(thing.id);
    const rows = ties.slice(0, MOST).map((tie) => this.row(graph, thing, tie));
    const more = ties.length - rows.length;
    if (more > 0) rows.push(element("li", { textContent: this.texts.more.replace("{}", more) }));
    return [
      element("p", {}, element("b", { textContent: thing.label })),
      element("p", { className: "origin", textContent: thing.metadata.group_title }),
      element("ul", {}, ...rows),
    ];
  }

  row(graph, thing, tie) {
    const { source_label: from, target_label: to } = tie.metadata;
    const said = tie.source === thing.id ? `${tie.label} ${to}` : `${from} ${tie.label}`;
    const when = [this.dates(tie.metadata), this.origin(graph, tie)].filter(Boolean).join(" · ");
    return element("li", {}, said, element("span", { className: "origin", textContent: when }));
  }
}
