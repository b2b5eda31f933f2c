/** `--export`: the tables of a measuring command, printed for people and written to a file. */
import { exportFormats, formatOf, type Table } from '../../shared/table.ts'
import { untrainedNote } from '../../shared/untrained.ts'
import { UsageError, type Flag, type Values } from './arguments.ts'
import type { Scene } from './command.ts'
import { show } from './table.ts'

/** The flag, for a command that ends in tables. */
export const exportFlag: Flag = {
  type: 'string',
  value: 'FILE',
  about: `write the tables to FILE.{${exportFormats.join(',')}}`,
}

/**
 * Looks at `--export` before hours are spent; what it gives writes the tables, with where they come from, to the file named,
 * if one is, and says so. Throws a UsageError for another format.
 */
export function exporter(scene: Scene, values: Values): (tables: readonly Table[]) => Promise<void> {
  const path = values.optional('export')
  if (path === undefined) return async () => {}
  if (formatOf(path) === undefined)
    throw new UsageError(`--export takes FILE.{${exportFormats.join(',')}}, not "${path}"`)
  return async (tables) => {
    const source = await sourceOf(scene)
    const told = tables.map((table) => ({ ...table, source: { ...source, ...table.source } }))
    const { files } = await scene.client.tables.write({ tables: told, path })
    scene.print(`\nwritten: ${files.join(', ')}`)
  }
}

/** Prints tables one below the other, each but the first under its caption, those without a row left out. */
export function printTables(scene: Scene, tables: readonly Table[]): void {
  const told = tables.filter(({ rows }) => rows.length > 0)
  for (const [at, table] of told.entries()) scene.print(at === 0 ? show(table) : `\n${table.caption}\n${show(table)}`)
}

/** What it takes to make the tables again, and what made them. */
async function sourceOf({ client }: Scene): Promise<Readonly<Record<string, string>>> {
  const { version, bundle, onnxruntime, device, threads, node } = await client.health()
  return {
    command: `npm run refrag -- ${commandLine(process.argv.slice(2))}`,
    version,
    bundle: `${bundle.name} ${bundle.hash.slice(0, 12)}${untrainedNote(bundle.untrained)}`,
    onnxruntime,
    node,
    device: `${device}, ${threads} threads`,
  }
}

/** The words of a command as a shell takes them, without those that say where to. */
function commandLine(words: readonly string[]): string {
  return words
    .filter((word, at) => !/^--(json$|export(=|$))/.test(word) && words[at - 1] !== '--export')
    .map((word) => (/^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}
