/** An index on disk: built, opened, searched, verified, and never half there. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, open, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { passageId } from '../../src/main/engine/corpus/identity.ts'
import { makeCorpus, writeCorpus } from '../../src/main/engine/corpus/synthetic/make.ts'
import { buildIndex } from '../../src/main/engine/retrieve/build.ts'
import {
  closeIndex,
  listIndexes,
  listPassages,
  openIndex,
  passagesById,
  vectorsById,
  type Index,
} from '../../src/main/engine/retrieve/load.ts'
import { rankPassages, searchIndex } from '../../src/main/engine/retrieve/search.ts'
import { verifyIndex } from '../../src/main/engine/retrieve/verify.ts'
import { wordEmbedder } from '../helpers/embedder.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { finish } from '../helpers/jobs.ts'

const embedder = wordEmbedder()

async function withIndex<T>(path: string, work: (index: Index) => Promise<T> | T): Promise<T> {
  const index = await openIndex(path, embedder)
  try {
    return await work(index)
  } finally {
    closeIndex(index)
  }
}

async function smallIndex(): Promise<{ folder: string; out: string }> {
  const folder = await folderWith({
    'a.md': '# Kardova\n\nThe mayor of Kardova is Oda Rinn.\n\n# Vel\n\nVel 建于 1734 年。Vel 的市长是王芳。\n',
  })
  const out = join(folder, 'index')
  await finish(buildIndex({ paths: [join(folder, 'a.md')], out, embedder }))
  return { folder, out }
}

describe('an index of 400 synthetic passages', () => {
  const made = makeCorpus({ passages: 400, seed: 7 })
  let folder = ''
  let out = ''
  beforeAll(async () => {
    const removals: (() => Promise<void>)[] = []
    folder = await folderWith({}, (remove) => removals.push(remove))
    out = join(folder, 'index')
    await writeCorpus(folder, { passages: 400, seed: 7 })
    const { result, progress } = await finish(buildIndex({ paths: [join(folder, 'corpus.txt')], out, embedder }))
    expect(result).toMatchObject({
      name: 'index',
      documents: 1,
      passages: 400,
      vectors: 400,
      dimension: 64,
      failures: [],
    })
    expect(progress.at(-1)).toMatchObject({ stage: 'index', done: 400, total: 400 })
    return removals[0]
  })

  test('gives passages the ids that the question sets name, in corpus order', () =>
    withIndex(out, (index) => {
      const passages = listPassages(index, 0, 500)
      expect(passages.map((passage) => passage.id)).toEqual(made.sheets.map((sheet) => passageId(sheet.text)))
      expect(listPassages(index, 398, 5).map((passage) => passage.span.lineFrom)).toEqual([399, 400])
    }))

  test('finds the passage that a question is about among the first four', () =>
    withIndex(out, async (index) => {
      let hits = 0
      for (const question of made.questions.test) {
        const found = await searchIndex(index, question.question, 4)
        if (found.some((passage) => passage.id === question.passages[0])) hits++
      }
      expect(hits / made.questions.test.length).toBeGreaterThan(0.95)
    }))

  test('tells every raw score with its direction, and ranks by the fused one', () =>
    withIndex(out, async (index) => {
      const question = made.questions.test[0]?.question ?? ''
      const found = await searchIndex(index, question, 10)
      expect(found.map((passage) => passage.rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect(found.map((passage) => passage.score)).toEqual(found.map((passage) => passage.score).sort((a, b) => b - a))
      const [asked] = await embedder.embed([question], 'question')
      const vectors = vectorsById(
        index,
        found.map((passage) => passage.id),
      )
      for (const [at, { scores, score }] of found.entries()) {
        const length = Math.hypot(...(asked ?? []))
        const cosine = (asked ?? new Float32Array()).reduce(
          (sum, value, d) => sum + (value / length) * (vectors[at]?.[d] ?? 0),
          0,
        )
        expect(scores).toEqual([
          { metric: 'RRF', value: score, better: 'higher' },
          { metric: 'cosine', value: expect.closeTo(cosine, 5), better: 'higher' },
          { metric: 'BM25', value: expect.any(Number), better: 'higher' },
        ])
      }
      expect(found[0]?.scores[2]?.value).toBeGreaterThan(found[9]?.scores[2]?.value ?? Infinity)
    }))

  test('an untrained embedder has no say: words alone rank, and no cosine is told', () =>
    withIndex(out, async (index) => {
      const question = made.questions.test[0]?.question ?? ''
      const { lexical } = await rankPassages(index, question, 10)
      const blind = { ...index, embedder: { ...index.embedder, untrained: true } }
      const found = await searchIndex(blind, question, 4)
      const labels = new Map(listPassages(index, 0, 500).map(({ id }, label) => [id, label]))
      expect(found.map(({ id }) => labels.get(id))).toEqual(lexical.slice(0, 4).map(({ label }) => label))
      expect(new Set(found.flatMap(({ scores }) => scores.map(({ metric }) => metric)))).toEqual(
        new Set(['RRF', 'BM25']),
      )
      // The same vectors, trusted, rank otherwise: else this would not show a thing.
      expect(found.map(({ id }) => id)).not.toEqual((await searchIndex(index, question, 4)).map(({ id }) => id))
    }))

  test('agrees with exact search and with itself', () =>
    withIndex(out, async (index) => {
      const { recallAt10, ...rest } = await verifyIndex(index, 50)
      expect(rest).toEqual({ sample: 50, passages: 400, vectors: 400, lexical: 400, agree: true })
      expect(recallAt10).toBeGreaterThanOrEqual(0.99)
    }))

  test('is the same after it is opened again', async () => {
    const look = (index: Index) => searchIndex(index, 'When was the harbour town founded?', 8)
    expect(await withIndex(out, look)).toEqual(await withIndex(out, look))
  })

  test('is rebuilt to the same answers', async () => {
    const again = join(folder, 'again')
    await finish(buildIndex({ paths: [join(folder, 'corpus.txt')], out: again, embedder, name: 'second' }))
    const look = (index: Index) => searchIndex(index, 'Which river flows through the town?', 8)
    expect(await withIndex(again, look)).toEqual(await withIndex(out, look))
    expect((await listIndexes(folder)).map((info) => info.name)).toEqual(['second', 'index'])
  })
})

test('a question in Chinese finds its passage by its words alone', async () => {
  const { out } = await smallIndex()
  await withIndex(out, async (index) => {
    const [first] = await searchIndex(index, '市长是谁？', 2)
    expect(first?.title).toBe('Vel')
    expect(first?.scores[2]?.value).toBeGreaterThan(0)
    const found = await searchIndex(index, '"Kardova" AND NOT (mayor*', 1)
    expect(found[0]?.title).toBe('Kardova')
    expect(passagesById(index, [found[0]?.id ?? '']).map((passage) => passage.text)).toEqual([found[0]?.text])
    expect(await searchIndex(index, '?!', 5)).toHaveLength(2)
  })
})

test('an index made with other weights is refused', async () => {
  const { out } = await smallIndex()
  expect((await faultOf(openIndex(out, wordEmbedder(64, 'other')))).code).toBe('index-other-weights')
  expect((await faultOf(openIndex(join(out, 'nowhere'), embedder))).code).toBe('index-missing')
})

test.each(['passages.sqlite', 'vectors.hnsw', 'manifest.json'])('one byte changed in %s is noticed', async (name) => {
  const { out } = await smallIndex()
  const path = join(out, name)
  const at = Math.floor((await stat(path)).size / 2)
  const file = await open(path, 'r+')
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at)
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at)
  await file.close()
  const fault = await faultOf(openIndex(out, embedder))
  expect([fault.code, fault.message.includes(name)]).toEqual(['index-damaged', true])
})

test('a build that is cancelled or fails leaves the old index as it was', async () => {
  const { folder, out } = await smallIndex()
  const before = await readFile(join(out, 'manifest.json'), 'utf8')
  await writeFile(join(folder, 'b.txt'), 'Another city.\n')
  const stop = new AbortController()
  const stopping = { ...embedder, embed: () => (stop.abort(), embedder.embed([], 'passage', stop.signal)) }
  const failing = { ...embedder, embed: () => Promise.reject(new Error('internal: broken')) }
  const blind = { ...embedder, embed: async () => [new Float32Array(64).fill(NaN)] }
  for (const broken of [stopping, failing, blind]) {
    const job = finish(buildIndex({ paths: [join(folder, 'b.txt')], out, embedder: broken, signal: stop.signal }))
    await expect(job).rejects.toThrow()
  }
  expect(await faultOf(finish(buildIndex({ paths: [join(folder, 'none.txt')], out, embedder })))).toMatchObject({
    code: 'file-missing',
  })
  expect(await readFile(join(out, 'manifest.json'), 'utf8')).toBe(before)
  expect(await readdir(folder)).toEqual(['a.md', 'b.txt', 'index'])
  await withIndex(out, (index) => expect(index.info.passages).toBe(2))
})

test('an index that stands among its own documents is not read as one of them', async () => {
  const { folder, out } = await smallIndex()
  const { partials, result } = await finish(buildIndex({ paths: [folder], out, embedder }))
  expect([partials, result.passages]).toEqual([[], 2])
})

test('a folder with other files is never replaced by an index, a damaged index is', async () => {
  const { folder, out } = await smallIndex()
  const paths = [join(folder, 'a.md')]
  expect((await faultOf(finish(buildIndex({ paths, out: folder, embedder })))).code).toBe('bad-input')
  await copyFile(join(folder, 'a.md'), join(out, 'manifest.json'))
  await finish(buildIndex({ paths, out, embedder }))
  await withIndex(out, (index) => expect(index.info.documents).toBe(1))
})

test('killed while indexing, the old index opens and the next build clears the litter', async () => {
  const { folder, out } = await smallIndex()
  const script = join(import.meta.dirname, '..', 'helpers', 'endlessBuild.ts')
  const child = spawn(process.execPath, [script, join(folder, 'a.md'), out], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toHaveLength(1)
  await withIndex(out, (index) => expect(index.info.passages).toBe(2))
  expect(await readdir(folder)).toEqual(['a.md', 'index'])
})

const mayMount = spawnSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

/** The second size is full while the vectors are written, where hnswlib itself reports nothing. */
test.skipIf(!mayMount).each([
  ['words', 1200, 64],
  ['vectors', 2600, 1024],
])('a disk that fills up with %s is a fault, and the old index still opens', async (_what, kibibytes, dimension) => {
  const folder = await folderWith({ 'disk/.keep': '' })
  const disk = join(folder, 'disk')
  const script = join(import.meta.dirname, '..', 'helpers', 'fullDisk.ts')
  const mount = `mount -t tmpfs -o size=${kibibytes}k none "$1" && exec "$2" "$3" "$1" "$4" "$5"`
  const args = [
    '-Urm',
    'sh',
    '-c',
    mount,
    'sh',
    disk,
    process.execPath,
    script,
    join(folder, 'other'),
    String(dimension),
  ]
  const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' })
  expect(stdout, stderr).toBe('{"second":"disk-full","passages":20,"found":3,"left":["index"]}\n')
})
