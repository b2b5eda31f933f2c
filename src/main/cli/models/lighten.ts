/** `models lighten`: a bundle without the layers of its decoder, for machines that have no room for them. */
import { LightenBundle } from '../../../shared/bundles.ts'
import { given, readInput } from '../arguments.ts'
import type { Command } from '../command.ts'
import { only } from '../indexing.ts'
import { bytesText } from '../table.ts'

export const lightenCommand: Command = {
  name: 'models lighten',
  about: 'write a bundle anew with the token embeddings alone of its decoder: it asks where a server decodes',
  note: 'Ask with --bundle DIR --decoder NAME. What has to run in the decoder here is refused.',
  takes: 'DIR',
  flags: {
    out: { type: 'string', value: 'DIR', about: 'its folder (in the workbench’s bundles)' },
    name: { type: 'string', value: 'NAME', about: 'its name' },
  },
  run: async (scene, values) => {
    const input = readInput(LightenBundle, {
      folder: only(values, 'models lighten takes the folder of a bundle'),
      ...given(values, 'out', 'out', values.text),
      ...given(values, 'name', 'name', values.text),
    })
    const made = await scene.client.bundles.lighten(input, { signal: scene.signal })
    scene.print(`${made.name}: ${bytesText(made.bytes)} of ${bytesText(made.before)}, in ${made.out}`)
    return made
  },
}
