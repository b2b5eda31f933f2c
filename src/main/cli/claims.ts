/** The claims command. */
import { ClaimScale, ClaimsInput, MeasurementName, type Claim } from '../../shared/claims.ts'
import { given, readInput } from './arguments.ts'
import { follow, type Command } from './command.ts'
import { table } from './table.ts'

const signed = (value: number): string => value.toFixed(3)

/** A claim as people read it: the verdict first, then what it rests on. */
export function sayClaim({ name, statement, paper, measure, neutral, trials, verdict }: Claim): string {
  const rows = trials.map(({ at, value, ci: [low, high], n, verdict: own }) => [
    `  ${at}`,
    signed(value),
    `${signed(low)} to ${signed(high)}`,
    n,
    own,
  ])
  return [
    `${verdict.toUpperCase()}: ${name}`,
    `  ${statement}`,
    `  paper: ${paper}`,
    `  ours: ${measure}; ${neutral === 0 ? 'above 0' : `above ${neutral}`} speaks for it`,
    trials.length === 0 ? '  nothing to judge it by' : table(['  where', 'value', '95 %', 'n', 'verdict'], rows),
  ].join('\n')
}

export const claims: Command = {
  name: 'bench claims',
  about: "try the paper's statements at the scale of this machine: the paper's figure, ours, and whether it holds",
  flags: {
    out: {
      type: 'string',
      value: 'DIR',
      about: 'folder of the measurements; the same command goes on there',
      required: true,
    },
    scale: { type: 'string', value: 'NAME', about: ClaimScale.options.join(' or '), default: 'standard' },
    only: { type: 'string', value: 'NAME,…', about: `of ${MeasurementName.options.join(', ')} (all)` },
    seed: { type: 'string', value: 'N', about: 'seed of random choices', default: '7' },
  },
  run: async (scene, values) => {
    const input = readInput(ClaimsInput, {
      out: values.text('out'),
      scale: values.text('scale'),
      ...given(values, 'only', 'only', values.list),
      seed: values.integer('seed'),
    })
    const job = scene.client.bench.claims(input, { signal: scene.signal })
    const found = await follow(scene, job, (claim) => scene.print(`${sayClaim(claim)}\n`))
    scene.print(
      table(
        ['claim', 'verdict'],
        found.claims.map(({ name, verdict }) => [name, verdict]),
      ),
    )
    const { processor, threads, bundle, onnxruntime } = found.manifest
    const minutes = found.measurements.reduce((sum, { seconds }) => sum + seconds, 0) / 60
    scene.print(
      `\n${bundle.name} (${bundle.hash}) on ${processor}, ${threads} threads, onnxruntime ${onnxruntime}; measured in ${minutes.toFixed(1)} min`,
    )
    return found
  },
}
