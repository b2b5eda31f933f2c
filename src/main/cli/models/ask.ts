/** `models ask`: a decoder goes on from a prompt, on its own. */
import { AskModel } from '../../../shared/models.ts'
import { readInput, UsageError } from '../arguments.ts'
import { follow, type Command } from '../command.ts'
import { only } from '../indexing.ts'

export const askModel: Command = {
  name: 'models ask',
  about: 'let an imported decoder go on from a text',
  takes: 'NAME',
  flags: {
    text: { type: 'string', value: 'TEXT', about: 'what it goes on from' },
    ids: { type: 'string', value: 'ID,…', about: 'the same as token ids, where the model has no tokenizer' },
    tokens: { type: 'string', value: 'N', about: 'at most so many tokens', default: '64' },
    temperature: { type: 'string', value: 'T', about: '0 takes the likeliest token', default: '0' },
    seed: { type: 'string', value: 'N', about: 'seed of random choices', default: '7' },
  },
  run: async (scene, values) => {
    const [text, ids] = [values.optional('text'), values.optional('ids')]
    if ((text === undefined) === (ids === undefined)) throw new UsageError('models ask takes --text or --ids')
    const input = readInput(AskModel, {
      name: only(values, 'models ask takes the name of a model'),
      prompt: text ?? values.numbers('ids'),
      tokens: values.integer('tokens'),
      temperature: values.number('temperature'),
      seed: values.integer('seed'),
    })
    let begun = false
    const made = await follow(scene, scene.client.models.ask(input, { signal: scene.signal }), (more) => {
      scene.stream(begun ? more : `${text ?? ''}${more}`)
      begun = true
    })
    scene.print(text === undefined ? made.ids.join(',') : '')
    const speed = made.tokensPerSecond === null ? '' : `, then ${made.tokensPerSecond.toFixed(1)} tokens a second`
    scene.print(
      `${made.prompt.length} tokens read in ${made.prefillMs.toFixed(0)} ms${speed}; ${made.weights} weights on ${made.device}`,
    )
    return made
  },
}
