// Lists the cubes of a SPARQL service, and reads one of them: its dimensions and observations.
import { Cube, Source, View } from 'rdf-cube-view-query'

const [endpointUrl, wanted] = process.argv.slice(2)
const source = new Source({ endpointUrl })
const cubes = await source.cubes({ filters: [Cube.filter.noValidThrough()] })
const cube = await source.cube(wanted)
const rows = await View.fromCube(cube).observations()
const values = row => Object.fromEntries(
  Object.entries(row).filter(([, term]) => term).map(([name, term]) => [name, term.value]))
console.log(JSON.stringify({
  cubes: cubes.map(one => one.term.value),
  dimensions: cube.dimensions.map(one => one.path.value),
  rows: rows.map(values),
}))
