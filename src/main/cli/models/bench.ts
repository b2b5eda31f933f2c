/** `models bench`: how fast an imported model, or a bundle's decoder and encoder, run here. */
import { resolve } from 'node:path'
import { deviceLabels } from '../../../shared/deviceNames.ts'
import { SpeedInput, type Rate, type SpeedTarget } from '../../../shared/speed.ts'
import { given, readInput } from '../arguments.ts'
import { follow, type Command, type Scene } from '../command.ts'
import { only } from '../indexing.ts'
import { table } from '../table.ts'

/** An imported model goes before a bundle of that name; what is neither is a bundle's folder. */
async function targetOf({ client }: Scene, named: string): Promise<SpeedTarget> {
  if ((await client.models.list()).some(({ name }) => name === named)) return { kind: 'model', name: named }
  const bundles = await client.bundles.list()
  const folder = bundles.find(({ name }) => name === named)?.folder ?? resolve(named)
  return { kind: 'bundle', folder }
}

const digits = (value: number): string => (value < 100 ? value.toFixed(1) : value.toFixed(0))

function rowOf(what: string, over: string, rate: Rate | null): readonly (readonly string[])[] {
  if (rate === null) return []
  const { median, quartiles, n } = rate
  return [[what, over, digits(median), `${quartiles.map(digits).join(' to ')}`, String(n)]]
}

export const benchModel: Command = {
  name: 'models bench',
  about: 'time an imported model or a bundle: prefill and decode, tokens a second; encoding, chunks a second',
  note: 'One run is dropped; then medians and quartiles. Kept beside the model, and shown on the models screen.',
  takes: 'NAME|BUNDLE',
  flags: {
    prompt: { type: 'string', value: 'N', about: 'positions read, as far as the window goes', default: '512' },
    tokens: { type: 'string', value: 'N', about: 'tokens made, the first included', default: '16' },
    repeats: { type: 'string', value: 'N', about: 'runs timed, after one that is dropped', default: '5' },
    threads: { type: 'string', value: 'N', about: 'threads, over the setting' },
    seed: { type: 'string', value: 'N', about: 'seed of the random tokens', default: '7' },
  },
  run: async (scene, values) => {
    const input = readInput(SpeedInput, {
      target: await targetOf(scene, only(values, 'models bench takes the name of a model or of a bundle')),
      prompt: values.integer('prompt'),
      tokens: values.integer('tokens'),
      repeats: values.integer('repeats'),
      seed: values.integer('seed'),
      ...given(values, 'threads', 'threads', values.integer),
    })
    const found = await follow(scene, scene.client.models.bench(input, { signal: scene.signal }))
    const { prefill, decode, encode, positions, tokens, chunks, device, weights, threads, machine, disturbed } = found
    scene.print(
      table(
        ['what', 'over', 'a second', 'quartiles', 'n'],
        [
          ...rowOf('prefill, tokens', `${positions} positions`, prefill),
          ...rowOf('decode, tokens', `${(tokens ?? 1) - 1} steps`, decode),
          ...rowOf('encode, chunks', `${chunks?.count} of ${chunks?.k} tokens`, encode),
        ],
      ),
    )
    scene.print(`${deviceLabels[device]}, ${weights} weights, ${threads} threads; ${machine}`)
    if (disturbed.length > 0) scene.warn(`disturbed: ${disturbed.join('; ')}`)
    return found
  },
}
