/** `models search`: repositories of the Hub by words. */
import { HubSearch } from '../../../shared/hub.ts'
import { readInput, UsageError } from '../arguments.ts'
import type { Command } from '../command.ts'
import { table } from '../table.ts'

export const searchModels: Command = {
  name: 'models search',
  about: 'search the Hub for models with safetensors, the most downloaded first',
  note: 'HF_ENDPOINT names another Hub, HF_TOKEN a token. Nothing is fetched but the list.',
  takes: 'WORDS',
  flags: { limit: { type: 'string', value: 'N', about: 'how many', default: '20' } },
  run: async (scene, values) => {
    const query = values.positionals.join(' ').trim()
    if (query === '') throw new UsageError('models search takes words to search for')
    const input = readInput(HubSearch, { query, limit: values.integer('limit') })
    const found = await scene.client.hub.search(input, { signal: scene.signal })
    scene.print(
      table(
        ['id', 'architecture', 'parameters', 'licence', 'gated', 'downloads'],
        found.map(({ id, architecture, parameters, licence, gated, downloads }) => [
          id,
          architecture,
          parameters,
          licence,
          gated,
          downloads,
        ]),
      ),
    )
    return found
  },
}
