/** `models check`: what a folder holds, what it takes, and how far it agrees with the reference beside it. */
import { CheckModel, type ModelCheck } from '../../../shared/models.ts'
import { follow, type Command, type Scene } from '../command.ts'
import { given, readInput } from '../arguments.ts'
import { only } from '../indexing.ts'
import { bytesText, table } from '../table.ts'
import { adapterRevisionFlag, tellAdapter } from './adapter.ts'

export const checkModel: Command = {
  name: 'models check',
  about: 'look over a model in the layout of Hugging Face: what it is, what it takes, what is wrong with it',
  note: 'Where the folder holds a reference.json, the model is run in three ways and compared with it.',
  takes: 'DIR',
  flags: {
    adapter: {
      type: 'string',
      value: 'DIR|ID',
      about: 'look it over with this LoRA adapter on it; one of the Hub is downloaded and stays',
    },
    'adapter-revision': adapterRevisionFlag,
  },
  run: async (scene, values) => {
    const path = only(values, 'models check takes the folder of a model')
    const input = readInput(CheckModel, {
      path,
      ...given(values, 'adapter', 'adapter', values.text),
      ...given(values, 'adapter-revision', 'adapterRevision', values.text),
    })
    const found = await follow(scene, scene.client.models.check(input, { signal: scene.signal }))
    show(scene, found)
    return found
  },
}

function show(scene: Scene, found: ModelCheck): void {
  const { needs } = found
  const millions = (found.parameters / 1e6).toFixed(1)
  scene.print(`${found.architecture}, a ${found.role} of ${millions} M parameters in ${found.dtypes.join(' and ')}`)
  scene.print(
    table(
      ['what', 'value'],
      [
        ...Object.entries(found.sizes).map(([name, value]) => [name, String(value)]),
        ['files', `${bytesText(found.bytes)} in ${found.shards === 1 ? 'one file' : `${found.shards} shards`}`],
        ['tokenizer', found.tokenizer === null ? 'none' : `${found.tokenizer.tokens} ids`],
        ['chat template', found.chatTemplate ? 'yes' : 'no'],
        ['licence', found.licence ?? 'not named'],
        ['imported', `${bytesText(needs.disk)}, of ${bytesText(needs.freeDisk)} free`],
        ['in memory', `${bytesText(needs.weights)}, of ${bytesText(needs.memory)}`],
        ['KV cache', `${bytesText(needs.cacheEach)} a position, ${bytesText(needs.cacheWindow)} in all`],
      ],
    ),
  )
  if (found.adapter !== undefined) tellAdapter(scene, { ...found.adapter, notes: [] })
  for (const note of [...needs.misfits, ...found.notes]) scene.print(note)
  if (found.ways.length === 0) return
  scene.print('')
  scene.print(
    table(
      ['way', 'largest difference of a last logit', 'greedy identical', 'tokens agreed', 'NLL', 'NLL of the reference'],
      found.ways.map(({ way, maxAbsDiff, greedyIdentical, greedyMatched, nll }) => [
        way,
        maxAbsDiff.toExponential(2),
        greedyIdentical,
        greedyMatched,
        nll?.toFixed(6) ?? null,
        found.referenceNll?.toFixed(6) ?? null,
      ]),
    ),
  )
  if (found.asRun !== null)
    scene.print(
      `Compared under rotary frequencies rounded to ${found.asRun.cast}: this reference was made by a model cast to ${found.asRun.cast} whole. As the workbench runs it, with frequencies in f32, it is off by ${found.asRun.maxAbsDiff.toExponential(2)}.`,
    )
}
