/** `models import`: a model taken into the home, tensor by tensor, from a folder or from the Hub. */
import { stat } from 'node:fs/promises'
import { HubTarget, isHubId } from '../../../shared/hub.ts'
import { ImportModel, type ModelInfo } from '../../../shared/models.ts'
import { PairInput } from '../../../shared/pair.ts'
import { given, readInput, type Values } from '../arguments.ts'
import { follow, type Command, type Scene } from '../command.ts'
import { only } from '../indexing.ts'
import { bytesText } from '../table.ts'
import { fetchModel } from './download.ts'
import { adapterRevisionFlag, tellAdapter } from './adapter.ts'
import { pairAndTell } from './pair.ts'

export const importModel: Command = {
  name: 'models import',
  about:
    'take a model in from a folder in the layout of Hugging Face (config.json, safetensors, tokenizer.json), or from the Hub',
  note: 'OWNER/NAME is a model of the Hub where no folder is called so. Ctrl-C pauses its download: the same command goes on.',
  takes: 'DIR|ID',
  flags: {
    name: { type: 'string', value: 'NAME', about: "what it is called here; the folder's own name when left out" },
    dtype: { type: 'string', value: 'f32|f16', about: 'how its weights are kept; f16 rounds them', default: 'f32' },
    adapter: {
      type: 'string',
      value: 'DIR|ID',
      about: 'a LoRA adapter in the layout of PEFT, or its id on the Hub, added to the weights',
    },
    'adapter-revision': adapterRevisionFlag,
    revision: { type: 'string', value: 'R', about: 'branch, tag or commit on the Hub', default: 'main' },
    out: {
      type: 'string',
      value: 'BUNDLE',
      about: 'pair the decoder at once, as models pair does by itself, and write the bundle there',
    },
  },
  run: async (scene, values) => {
    const place = only(values, 'models import takes the folder of a model, or its id on the Hub')
    const info = await ((await isOfHub(place))
      ? importFromHub(scene, values, place)
      : take(scene, values, { path: place }))
    scene.print(`${info.name}: ${info.architecture}, ${bytesText(info.bytes)} in ${info.path}`)
    if (info.adapter !== undefined) tellAdapter(scene, info.adapter)
    const out = values.optional('out')
    if (out === undefined) return info
    const done = await pairAndTell(scene, readInput(PairInput, { decoder: info.name, out }))
    return { ...info, bundle: done.bundle }
  },
}

/** True for an id with its owner; a folder of that name goes before it. */
async function isOfHub(place: string): Promise<boolean> {
  if (!isHubId(place)) return false
  return stat(place).then(
    () => false,
    () => true,
  )
}

/** Downloads what is not here yet, imports it, and deletes the download then: the import has all of it. */
async function importFromHub(scene: Scene, values: Values, place: string): Promise<ModelInfo> {
  const { id, commit, key, folder } = await fetchModel(
    scene,
    readInput(HubTarget, { id: place, revision: values.text('revision') }),
  )
  const info = await take(scene, values, {
    path: folder,
    name: id.split('/').at(-1) ?? id,
    source: { kind: 'hub', id, revision: commit },
  })
  await scene.client.hub.discard({ key })
  return info
}

function take(scene: Scene, values: Values, from: Partial<ImportModel>): Promise<ModelInfo> {
  const input = readInput(ImportModel, {
    ...from,
    dtype: values.text('dtype'),
    ...given(values, 'name', 'name', values.text),
    ...given(values, 'adapter', 'adapter', values.text),
    ...given(values, 'adapter-revision', 'adapterRevision', values.text),
  })
  return follow(scene, scene.client.models.import(input, { signal: scene.signal }))
}
