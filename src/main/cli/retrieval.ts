/** `eval retrieval`: how well an index finds what its questions ask for. */
import { RetrievalInput } from '../../shared/retrieval.ts'
import { retrievalTables } from '../../shared/retrievalTables.ts'
import { given, readInput } from './arguments.ts'
import { follow, type Command } from './command.ts'
import { exporter, exportFlag, printTables } from './exporting.ts'

export const retrieval: Command = {
  name: 'eval retrieval',
  about: 'nDCG@10, MRR@10 and recall of the lexical, dense and fused ranking, with intervals and paired comparisons',
  flags: {
    index: { type: 'string', value: 'IDX', about: 'folder of the index', required: true },
    questions: {
      type: 'string',
      value: 'F',
      about: 'BEIR folder (corpus.jsonl, queries.jsonl, qrels), or jsonl file of questions with their passages',
      required: true,
    },
    split: { type: 'string', value: 'NAME', about: 'judgements of a BEIR folder (test, or the only ones)' },
    recall: { type: 'string', value: 'K,…', about: 'places that count for recall', default: '1,5,10,100' },
    limit: { type: 'string', value: 'N', about: 'queries, from the first (all)' },
    seed: { type: 'string', value: 'N', about: 'seed of the bootstrap', default: '7' },
    export: exportFlag,
  },
  run: async (scene, values) => {
    const save = exporter(scene, values)
    const input = readInput(RetrievalInput, {
      index: values.text('index'),
      questions: values.text('questions'),
      ...given(values, 'split', 'split', values.text),
      recallAt: values.numbers('recall'),
      ...given(values, 'limit', 'limit', values.integer),
      seed: values.integer('seed'),
    })
    const found = await follow(scene, scene.client.evaluate.retrieval(input, { signal: scene.signal }))
    const { name, of, queries, relevant, missing } = found.set
    scene.print(`${name}: ${queries} queries, ${relevant} relevant ${of}s, ${missing} of them not in the index\n`)
    const tables = retrievalTables(found)
    printTables(scene, tables)
    await save(tables)
    return found
  },
}
