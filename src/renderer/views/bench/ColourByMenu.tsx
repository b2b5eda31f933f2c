/** The menu of measures that fill the tiles of the strip. */
import { useStore } from 'zustand'
import { Choice } from '../../parts/Choice.tsx'
import { colourBy, colourings, setColourBy, type ColourBy } from '../../state/colourBy.ts'

const options = Object.entries(colourings) as readonly (readonly [ColourBy, string])[]

export function ColourByMenu() {
  const by = useStore(colourBy, (state) => state.by)
  return <Choice label="colour by" value={by} options={options} onChange={setColourBy} />
}
