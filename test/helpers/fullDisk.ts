/** Run as its own process on a small file system: indexes a small corpus, then one too big for the disk, then opens the first. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeCorpus } from '../../src/main/engine/corpus/synthetic/make.ts'
import { buildIndex } from '../../src/main/engine/retrieve/build.ts'
import { closeIndex, openIndex } from '../../src/main/engine/retrieve/load.ts'
import { searchIndex } from '../../src/main/engine/retrieve/search.ts'
import { toFault } from '../../src/shared/fault.ts'
import { wordEmbedder } from './embedder.ts'
import { finish } from './jobs.ts'

const [disk = '', other = '', dimension = '64'] = process.argv.slice(2)
const embedder = wordEmbedder(Number(dimension))
const out = join(disk, 'index')
await mkdir(other, { recursive: true })

async function build(passages: number) {
  const { sheets } = makeCorpus({ passages, seed: 7 })
  const corpus = join(other, `${passages}.txt`)
  await writeFile(corpus, sheets.map((sheet) => `${sheet.text}\n`).join(''))
  return finish(buildIndex({ paths: [corpus], out, embedder }))
}

await build(20)
const second = await build(2000).then(
  () => 'built',
  (error: unknown) => toFault(error).code,
)
const index = await openIndex(out, embedder)
const found = await searchIndex(index, 'Who is the mayor?', 3)
closeIndex(index)
console.log(JSON.stringify({ second, passages: index.info.passages, found: found.length, left: await readdir(disk) }))
