// The graph of a map as the server gives it to any program: JSON Graph Format, read once.

/**
 * @typedef {{id: string, label: string, metadata: Object}} Thing
 * @typedef {{id: string, source: string, target: string, relation: string, label: string,
 *   directed: boolean, metadata: Object}} Tie
 */

/** The things and ties of one address. */
export class Graph {
  constructor(content) {
    const { nodes, edges, metadata, label } = content.graph;
    this.title = label;
    this.legend = metadata.legend;
    /** @type {Map<string, Thing>} */
    this.things = new Map(Object.entries(nodes).map(([id, said]) => [id, { id, ...said }]));
    /** @type {Map<string, Tie>} */
    this.ties = new Map(edges.map((tie) => [tie.id, tie]));
    const titles = metadata.source_titles.split("; ");
    const names = metadata.sources.split("; ");
    this.sources = new Map(names.length === titles.length ? names.map((name, at) => [name, titles[at]]) : []);
    this.around = neighbours(edges);
  }

  /** The ties of a thing, in the order in which they are read. */
  tiesOf(id) {
    return (this.around.get(id) || []).map((one) => this.ties.get(one));
  }

  /** What the sources of a tie are called. */
  sourcesOf(tie) {
    const names = tie.metadata.sources.split("; ").filter(Boolean);
    return names.map((name) => this.sources.get(name) || name.slice(name.indexOf("/graph/") + 7));
  }
}

/** The ties of each thing, by their names. */
export function neighbours(ties) {
  const found = new Map();
  const note = (thing, tie) => (found.has(thing) ? found.get(thing).push(tie) : found.set(thing, [tie]));
  for (const { id, source, target } of ties) {
    note(source, id);
    if (target !== source) note(target, id);
  }
  return found;
}

/** @returns {Promise<Graph>} */
export async function load(address, signal) {
  const answer = await fetch(address, { headers: { Accept: "application/vnd.jgf+json" }, signal });
  if (!answer.ok) throw new Error(String(answer.status));
  return new Graph(await answer.json());
}
