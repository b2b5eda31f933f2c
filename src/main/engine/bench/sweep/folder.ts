/** The folder of a sweep: what it measures and on what, and a file for each cell that has ended. It goes on only as it began. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../../shared/fault.ts'
import { caseOf, cellsOf, isFull, keyOf } from '../../../../shared/grid.ts'
import { SweepCell, SweepInfo, type SweepAxes, type SweepPoint } from '../../../../shared/sweep.ts'
import { writeAtomic } from '../../store/files.ts'

/** What a sweep began with, and the grids asked for since. */
export const SweepConfig = SweepInfo.pick({
  input: true,
  sets: true,
  bundles: true,
  grids: true,
  machine: true,
  began: true,
}).extend({
  format: z.literal(1),
  index: SweepInfo.shape.index.extend({ made: z.string() }),
})
export type SweepConfig = z.infer<typeof SweepConfig>

const files = { config: 'sweep.json', cells: 'cells' } as const

/** Settings that every cell of a sweep shares. */
const shared = ['seed', 'repeats', 'warmups', 'limit', 'weakOf'] as const

/**
 * Opens a sweep's folder, new or begun before; gives its settings with the new grid beside the old ones. Fault
 * run-other-settings where what was measured so far and what is asked for now would be two experiments under one name.
 */
export async function openSweepFolder(folder: string, wanted: SweepConfig): Promise<SweepConfig> {
  await mkdir(join(folder, files.cells), { recursive: true })
  await clearPartial(folder)
  const begun = await readSweepConfig(folder)
  if (begun !== null) checkSame(folder, begun, wanted)
  const before = begun?.grids ?? []
  const known = new Set(cellsOf(before).map(keyOf))
  const fresh = wanted.grids.filter((grid) => cellsOf([grid]).some((point) => !known.has(keyOf(point))))
  const config = { ...wanted, grids: [...before, ...fresh], began: begun?.began ?? wanted.began }
  await writeAtomic(join(folder, files.config), `${JSON.stringify(config, null, 2)}\n`)
  return config
}

function checkSame(folder: string, begun: SweepConfig, wanted: SweepConfig): void {
  const refuse = (said: string, remedy?: string): never => {
    throw new Fault('run-other-settings', `${folder} was begun ${said}.`, remedy === undefined ? {} : { remedy })
  }
  const differing = shared.filter((name) => begun.input[name] !== wanted.input[name])
  if (differing.length > 0)
    refuse(`with ${differing.map((name) => `${name} ${begun.input[name]}, now ${wanted.input[name]}`).join('; ')}`)
  if (begun.index.made !== wanted.index.made)
    refuse(
      `on the index ${begun.index.name} made ${begun.index.made}, not ${wanted.index.name} made ${wanted.index.made}`,
    )
  for (const set of begun.sets)
    if (!wanted.sets.some(({ hash }) => hash === set.hash))
      refuse(
        `with the questions of ${set.path} (${set.hash})${wanted.sets.some(({ path }) => path === set.path) ? ', which have changed since' : ''}`,
        'Name another folder, or give those questions too.',
      )
  for (const bundle of begun.bundles)
    if (!wanted.bundles.some(({ hash }) => hash === bundle.hash))
      refuse(`with the bundle ${bundle.name} (${bundle.hash})`, 'Name another folder, or give that bundle too.')
  if (JSON.stringify(begun.machine) !== JSON.stringify(wanted.machine))
    refuse(
      `on ${describe(begun.machine)}, not ${describe(wanted.machine)}`,
      'Name another folder: times of two machines do not compare.',
    )
}

const describe = ({ device, threads, onnxruntime, node, decoder }: SweepConfig['machine']): string =>
  `${device}, ${threads} threads, onnxruntime ${onnxruntime}, Node ${node}${decoder === undefined ? '' : `, decoded by ${decoder}`}`

/** The settings of a sweep; null where none was begun, Fault bad-record where they cannot be read. */
export async function readSweepConfig(folder: string): Promise<SweepConfig | null> {
  const path = join(folder, files.config)
  if (!existsSync(path)) return null
  try {
    return SweepConfig.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new Fault('bad-record', `${path} is not the record of a sweep.`, {
      cause,
      remedy: 'Name another folder, or restore the file.',
    })
  }
}

/** Keeps a cell, whole or not at all; one of the same key gives way to it. */
export function keepCell(folder: string, cell: SweepCell): Promise<void> {
  return writeAtomic(join(folder, files.cells, `${cell.key}.json`), `${JSON.stringify(cell)}\n`)
}

/** The cells that have ended, in the order of the grid. A file that cannot be read counts as not measured. */
export async function readCells(folder: string, grids: readonly SweepAxes[]): Promise<SweepCell[]> {
  const read = async (point: SweepPoint): Promise<SweepCell | null> => {
    const path = join(folder, files.cells, `${keyOf(point)}.json`)
    const text = await readFile(path, 'utf8').catch(() => null)
    if (text === null) return null
    try {
      return SweepCell.parse(JSON.parse(text))
    } catch {
      return null
    }
  }
  return (await Promise.all(cellsOf(grids).map(read))).filter((cell) => cell !== null)
}

/**
 * Forgets cells, which are then measured again when the sweep goes on. What was compared with a full context that is forgotten
 * is compared anew: until then it stands beside nothing.
 */
export async function forgetCells(folder: string, grids: readonly SweepAxes[], keys: readonly string[]): Promise<void> {
  const gone = new Set(keys)
  const cells = await readCells(folder, grids)
  const cases = new Set(cells.filter((cell) => gone.has(cell.key) && isFull(cell)).map(caseOf))
  for (const cell of cells) {
    if (gone.has(cell.key) || !cases.has(caseOf(cell)) || cell.against === null) continue
    await keepCell(folder, { ...cell, against: null })
  }
  for (const { key } of cells) if (gone.has(key)) await rm(join(folder, files.cells, `${key}.json`), { force: true })
}

/** Deletes a sweep. Its settings go first: without them the folder is no sweep, wherever a crash ends this. */
export async function removeSweep(folder: string): Promise<void> {
  await rm(join(folder, files.config), { force: true })
  await rm(folder, { recursive: true, force: true })
}

/** Clears what a killed process left half written; one process at a time measures in a folder. */
async function clearPartial(folder: string): Promise<void> {
  for (const place of [folder, join(folder, files.cells)])
    for (const name of await readdir(place))
      if (/^\..*\.partial$/.test(name)) await rm(join(place, name), { force: true })
}
