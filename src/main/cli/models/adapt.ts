/** `models adapt`: an adapter kept apart, beside a model that is here already. */
import { AdaptModel } from '../../../shared/models.ts'
import { given, readInput } from '../arguments.ts'
import { follow, type Command } from '../command.ts'
import { only } from '../indexing.ts'
import { bytesText } from '../table.ts'
import { adapterRevisionFlag, tellAdapter } from './adapter.ts'

export const adaptModel: Command = {
  name: 'models adapt',
  about: 'keep a LoRA adapter beside an imported decoder, whose weights stay as they are: the two are another model',
  note: 'Several adapters so share one base, int8 ones too. To work one into the weights: models import DIR --adapter ADAPTER',
  takes: 'NAME',
  flags: {
    adapter: { type: 'string', value: 'DIR|ID', about: 'the adapter, in the layout of PEFT, or its id on the Hub' },
    'adapter-revision': adapterRevisionFlag,
    as: { type: 'string', value: 'NAME', about: 'what the two are called together' },
  },
  run: async (scene, values) => {
    const input = readInput(AdaptModel, {
      name: only(values, 'models adapt takes the name of an imported decoder'),
      adapter: values.text('adapter'),
      ...given(values, 'adapter-revision', 'adapterRevision', values.text),
      as: values.text('as'),
    })
    const info = await follow(scene, scene.client.models.adapt(input, { signal: scene.signal }))
    scene.print(`${info.name}: ${bytesText(info.bytes)} beside ${input.name}, in ${info.path}`)
    if (info.adapter !== undefined) tellAdapter(scene, info.adapter)
    return info
  },
}
