/** `models remove`: a model and its files gone. */
import type { Command } from '../command.ts'
import { only } from '../indexing.ts'

export const removeModel: Command = {
  name: 'models remove',
  about: 'delete an imported model; bundles that were made of it keep their own files',
  takes: 'NAME',
  flags: {},
  run: async (scene, values) => {
    const name = only(values, 'models remove takes the name of a model')
    await scene.client.models.remove({ name })
    scene.print(`${name} is removed`)
    return { name }
  },
}
