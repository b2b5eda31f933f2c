/** `models quantize`: an imported model with its matrices as int8 or int4 beside itself, and what that costs. */
import { QuantiseModel, QuantisedDtype } from '../../../shared/models.ts'
import { given, readInput } from '../arguments.ts'
import { follow, type Command } from '../command.ts'
import { only } from '../indexing.ts'
import { bytesText, table } from '../table.ts'

export const quantiseCommand: Command = {
  name: 'models quantize',
  about: 'make an imported model smaller: its matrices as int8 or int4, the cost in log-perplexity told',
  note: 'Each is kept as a model beside it, NAME-int8 and NAME-int4. The cost for a bundle: eval ppl --weights int8,int4',
  takes: 'NAME',
  flags: {
    to: { type: 'string', value: 'int8,int4', about: 'how its matrices are held', default: 'int8,int4' },
    data: { type: 'string', value: 'FILE', about: 'text to measure on; what the model writes itself when left out' },
    texts: { type: 'string', value: 'N', about: 'stretches of it', default: '20' },
    tokens: { type: 'string', value: 'N', about: 'tokens of each', default: '128' },
    seed: { type: 'string', value: 'N', about: 'seed of random choices', default: '7' },
    dry: { type: 'boolean', about: 'measure alone; no model is written' },
  },
  run: async (scene, values) => {
    const input = readInput(QuantiseModel, {
      name: only(values, 'models quantize takes the name of an imported model'),
      weights: values.list('to').map((word) => readInput(QuantisedDtype, word)),
      texts: values.integer('texts'),
      tokens: values.integer('tokens'),
      seed: values.integer('seed'),
      keep: !values.flag('dry'),
      ...given(values, 'data', 'data', values.text),
    })
    const found = await follow(scene, scene.client.models.quantise(input, { signal: scene.signal }))
    const whole = found.rows[0]?.bytes ?? 1
    scene.print(
      table(
        ['weights', 'size', 'of f32', 'nats/token', 'cost', '95 %', 'ms a stretch', 'kept as'],
        found.rows.map(({ weights, bytes, logPpl, cost, ci, prefillMs, name }) => [
          weights,
          bytesText(bytes),
          `${((100 * bytes) / whole).toFixed(0)} %`,
          logPpl.toFixed(4),
          cost.toFixed(4),
          `[${ci[0].toFixed(4)}, ${ci[1].toFixed(4)}]`,
          prefillMs.toFixed(1),
          name ?? '-',
        ]),
      ),
    )
    scene.print(`Measured on ${found.text}: ${found.rows[0]?.n ?? 0} stretches of up to ${input.tokens} tokens.`)
    return found
  },
}
