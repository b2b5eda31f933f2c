/** The commands of the workbench's own house: its settings, its log, what it keeps on disk. */
import { Settings } from '../../shared/settingsSchema.ts'
import { readInput, UsageError } from './arguments.ts'
import type { Command } from './command.ts'
import { table } from './table.ts'

const settings: Command = {
  name: 'settings',
  about: 'print the settings, or change some: NAME=VALUE',
  note: 'Every door reads them; threads take effect when an engine starts.',
  takes: '[NAME=VALUE…]',
  flags: {},
  run: async (scene, values) => {
    const change = readInput(Settings.partial(), Object.fromEntries(values.positionals.map(assigned)))
    const all = await (values.positionals.length === 0
      ? scene.client.settings.read()
      : scene.client.settings.write(change))
    scene.print(
      table(
        ['setting', 'value'],
        Object.entries(all).map(([name, value]) => [name, value === null ? 'automatic' : String(value)]),
      ),
    )
    return all
  },
}

/** A word as typed: numbers, true and false are those, `automatic` is null. */
function assigned(text: string): readonly [string, unknown] {
  const [name = '', value] = text.split(/=(.*)/s)
  if (value === undefined) throw new UsageError(`settings takes NAME=VALUE, not "${text}"`)
  if (!(name in Settings.shape)) {
    throw new UsageError(`there is no setting "${name}"; there are ${Object.keys(Settings.shape).join(', ')}`)
  }
  const words: Readonly<Record<string, unknown>> = { true: true, false: false, automatic: null }
  if (value in words) return [name, words[value]]
  return [name, value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value]
}

const log: Command = {
  name: 'log',
  about: 'print the latest lines of the log',
  flags: { lines: { type: 'string', value: 'N', about: 'how many', default: '50' } },
  run: async (scene, values) => {
    const entries = await scene.client.log.read({ limit: values.integer('lines') })
    for (const { time, level, source, message, detail } of entries) {
      scene.print(`${time} ${level} ${source}: ${message}`)
      if (detail !== undefined) scene.print(detail.replaceAll(/^/gm, '  '))
    }
    return { entries }
  },
}

const places: Command = {
  name: 'places',
  about: 'what the workbench keeps on disk, and what it takes',
  flags: { 'clear-cache': { type: 'boolean', about: 'forget every chunk embedding first' } },
  run: async (scene, values) => {
    if (values.flag('clear-cache')) scene.warn(`${(await scene.client.cache.clear()).bytes} bytes freed`)
    const found = await scene.client.places()
    scene.print(
      table(
        ['what', 'bytes', 'path'],
        found.map(({ name, bytes, path }) => [name, bytes, path]),
      ),
    )
    return { places: found }
  },
}

export const houseCommands: readonly Command[] = [settings, log, places]
