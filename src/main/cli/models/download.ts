/** `models download`: what an import needs of a repository of the Hub, from where an earlier try was cut off. */
import { HubTarget, type HubDownload, type HubModel } from '../../../shared/hub.ts'
import { readInput, UsageError } from '../arguments.ts'
import { follow, type Command, type Scene } from '../command.ts'
import { table } from '../table.ts'

export const downloadModel: Command = {
  name: 'models download',
  about: 'download what an import needs of a model on the Hub, or go on with it',
  note: 'Config, safetensors and tokenizer, each checked against the hash that the Hub lists; never pickle. Ctrl-C pauses: the same command goes on.',
  takes: 'ID',
  flags: {
    revision: { type: 'string', value: 'R', about: 'branch, tag or commit', default: 'main' },
    look: { type: 'boolean', about: 'only show its files, sizes and licence' },
  },
  run: async (scene, values) => {
    const [id, ...more] = values.positionals
    if (id === undefined || more.length > 0) throw new UsageError('models download takes one id, as OWNER/NAME')
    const target = readInput(HubTarget, { id, revision: values.text('revision') })
    if (values.flag('look')) return lookAtModel(scene, target)
    const made = await fetchModel(scene, target)
    scene.print(`${made.folder}\n  of ${made.id} at ${made.commit}, ${made.files} files, ${megabytes(made.bytes)}`)
    return made
  },
}

/** Downloads a repository and gives its folder and the commit that it is of. */
export function fetchModel(scene: Scene, target: HubTarget): Promise<HubDownload> {
  return follow(scene, scene.client.hub.download(target, { signal: scene.signal }), ({ path, bytes, algorithm }) =>
    scene.warn(`${path}: ${megabytes(bytes)}, its ${algorithm} is right`),
  )
}

async function lookAtModel(scene: Scene, target: HubTarget): Promise<HubModel> {
  const model = await scene.client.hub.look(target, { signal: scene.signal })
  const { architecture, licence, gated, parameters, bytes, have, refused, notes } = model
  scene.print(`${model.id} at ${model.commit}`)
  scene.print(
    `  ${[architecture ?? 'unknown architecture', parameters === null ? 'parameters not told' : `${parameters} parameters`, `licence ${licence ?? 'not told'}`, ...(gated ? ['gated'] : [])].join(', ')}`,
  )
  scene.print(
    table(
      ['file', 'bytes', 'taken', 'why'],
      model.files.map(({ path, bytes: size, take, why }) => [path, size, take, why]),
    ),
  )
  scene.print(`${megabytes(bytes)} to download${have === 0 ? '' : `, ${megabytes(have)} of them here already`}`)
  for (const note of [...(refused === null ? [] : [refused]), ...notes]) scene.warn(note)
  return model
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en-US', { maximumFractionDigits: 1 })} MB`
}
