// Lists the cubes of a SPARQL service, and reads one of them as visualize.admin.ch does: its
// dimensions, how each can be shown, and its observations.
import { Cube, Source, View } from 'rdf-cube-view-query'
import rdf from '@zazuko/env'

const [endpointUrl, wanted, language] = process.argv.slice(2)
const schema = rdf.namespace('http://schema.org/')
const meta = rdf.namespace('https://cube.link/meta/')
const qudt = rdf.namespace('http://qudt.org/schema/qudt/')
const time = rdf.namespace('http://www.w3.org/2006/time#')
const published = rdf.namedNode('https://ld.admin.ch/vocabulary/CreativeWorkStatus/Published')

const source = new Source({ endpointUrl })
const cubes = await source.cubes({
  filters: [Cube.filter.noValidThrough(), Cube.filter.noExpires(), Cube.filter.status([published])]
})
const cube = await source.cube(wanted)
const shown = one => ({
  name: one.out(schema.name, { language }).value,
  scale: one.out(qudt.scaleType).value,
  kind: one.out(meta.dataKind).out(rdf.ns.rdf.type).value,
  unit: one.out(meta.dataKind).out(time.unitType).value,
  datatype: one.datatype?.value,
  codes: one.in?.map(code => code.value),
  hierarchies: one.out(meta.inHierarchy).terms.map(term => term.value),
  roots: one.out(meta.inHierarchy).out(meta.hierarchyRoot).terms.map(term => term.value),
  below: one.out(meta.inHierarchy).out(meta.nextInHierarchy).out(rdf.ns.sh.path).value,
})
const rows = await View.fromCube(cube).observations()
const values = row => Object.fromEntries(
  Object.entries(row).filter(([, term]) => term).map(([name, term]) => [name, term.value]))
console.log(JSON.stringify({
  cubes: cubes.map(one => one.term.value),
  dimensions: Object.fromEntries(cube.dimensions.map(one => [one.path.value, shown(one)])),
  rows: rows.map(values),
}))
