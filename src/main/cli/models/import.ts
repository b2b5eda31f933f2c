/** `models import`: a model taken into the home, tensor by tensor. */
import { ImportModel } from '../../../shared/models.ts'
import { given, readInput } from '../arguments.ts'
import { follow, type Command } from '../command.ts'
import { only } from '../indexing.ts'
import { bytesText } from '../table.ts'

export const importModel: Command = {
  name: 'models import',
  about: 'take a model in from a folder in the layout of Hugging Face (config.json, safetensors, tokenizer.json)',
  takes: 'DIR',
  flags: {
    name: { type: 'string', value: 'NAME', about: "what it is called here; the folder's own name when left out" },
    dtype: { type: 'string', value: 'f32|f16', about: 'how its weights are kept; f16 rounds them', default: 'f32' },
  },
  run: async (scene, values) => {
    const input = readInput(ImportModel, {
      path: only(values, 'models import takes the folder of a model'),
      dtype: values.text('dtype'),
      ...given(values, 'name', 'name', values.text),
    })
    const info = await follow(scene, scene.client.models.import(input, { signal: scene.signal }))
    scene.print(`${info.name}: ${info.architecture}, ${bytesText(info.bytes)} in ${info.path}`)
    return info
  },
}
