/** The terminal door as people meet it: exit codes, help, JSON on stdout alone, no bar in a pipe. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commands } from '../../src/main/cli/commands.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

const root = join(import.meta.dirname, '../..')
const home = mkdtempSync(join(tmpdir(), 'refrag-cli-'))
beforeAll(() => writeTinyBundle(join(home, 'models')))
afterAll(() => rmSync(home, { recursive: true }))

function refrag(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/main/cli.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, REFRAG_HOME: home, REFRAG_MODELS: join(home, 'models') },
  })
  return { status, stdout, stderr }
}

test('every command has help that names its flags', () => {
  for (const command of commands) {
    const { status, stdout } = refrag(...command.name.split(' '), '--help')
    expect(status).toBe(0)
    for (const flag of ['json', 'help', ...Object.keys(command.flags)]) expect(stdout).toContain(`--${flag}`)
  }
}, 240_000)

test.each([
  { args: ['ask', 'why?'], says: '--index is missing' },
  { args: ['ask', '--index', 'x'], says: 'ask takes a question' },
  { args: ['ask', 'why?', '--index', 'x', '--k', 'eight'], says: '--k takes a number, not "eight"' },
  { args: ['ask', 'why?', '--index', 'x', '--policy', 'best'], says: '--policy knows learned' },
  { args: ['bench', 'ttft', '--contexts', '512,,2048'], says: '--contexts takes values separated by commas' },
  { args: ['health', '--loud'], says: '--loud' },
  { args: ['eval', 'policy', '--policy', 'all'], says: '--policy knows learned' },
  { args: ['eval', 'ppl', '--export', 'figures.tsv'], says: '--export takes FILE.{csv,json,md,tex,parquet' },
  { args: ['review'], says: 'review takes at least one file or folder' },
  { args: ['index', 'a.csv', '--columns', 'body'], says: '--columns takes ROLE=NAME' },
  { args: ['index', 'a.csv', '--format', 'docs'], says: '--format knows text' },
  { args: ['document', 'one', '--index', 'x'], says: 'document takes the number' },
  { args: ['fly'], says: 'unknown command "fly"' },
])('wrong use ends with 2 and says what: $args', ({ args, says }) => {
  const { status, stdout, stderr } = refrag(...args)
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(says) })
  if (args[0] !== 'fly') expect(stdout).toBe('')
})

test('a fault ends with 1 and stays off stdout', () => {
  const { status, stdout, stderr } = refrag('search', 'x', '--index', join(home, 'nowhere'), '--json')
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ error: { code: 'index-missing' } })
})

test('--json prints one JSON value and nothing else', () => {
  const { status, stdout, stderr } = refrag('health', '--json')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({ home })
})

test('a decoder is imported and made a bundle of in one command; an encoder stays imported, with a word why there is no bundle', () => {
  const out = join(home, 'paired')
  const made = refrag('models', 'import', 'test/fixtures/models/stories260K', '--out', out, '--json')
  expect(made.status).toBe(0)
  const { name, bundle } = JSON.parse(made.stdout)
  expect(name).toBe('stories260K')
  expect(bundle).toMatchObject({ out, hash: expect.stringMatching(/^[0-9a-f]{16}$/) })
  expect(JSON.parse(readFileSync(join(out, 'config.json'), 'utf8')).untrained).toContain('encoder')
  const encoder = refrag('models', 'import', 'test/fixtures/models/bert', '--out', join(home, 'none'), '--json')
  expect(encoder.status).toBe(1)
  expect(JSON.parse(encoder.stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
    error: { code: 'bad-input', message: 'bert is an encoder, no decoder.' },
  })
  expect(JSON.parse(refrag('models', 'list', '--json').stdout)).toHaveLength(2)
}, 240_000)

test('corpus, index, search, ask and the measures follow each other, with JSON alone on stdout and no bar in a pipe', () => {
  const [corpus, index] = [join(home, 'corpus'), join(home, 'index')]
  const json = (line: string) => {
    const { status, stdout, stderr } = refrag(...line.split(' '), '--json')
    expect({ line, status, bar: stderr.includes('\r') }).toEqual({ line, status: 0, bar: false })
    return JSON.parse(stdout)
  }
  expect(json(`corpus make --passages 30 --seed 7 --out ${corpus}`)).toMatchObject({ passages: 30 })
  expect(json(`index ${join(corpus, 'corpus.txt')} --out ${index}`)).toMatchObject({ passages: 30, path: index })
  expect(json(`verify ${index}`)).toMatchObject({ agree: true, counts: { documents: 1, passages: 30, vectors: 30 } })
  const table = join(home, 'table.csv')
  writeFileSync(table, 'name,body\nMills,Seven mills.\n')
  expect(json(`review ${table} ${join(home, 'none.txt')} --columns text=body`).files).toMatchObject([
    { name: 'none.txt', fault: { code: 'file-missing' } },
    { name: 'table.csv', text: { documents: 1 }, table: { mapping: { text: 'body', title: 'name' } } },
  ])
  const mapped = json(`index ${table} --columns text=name,title=body --out ${join(home, 'mapped')}`)
  expect(mapped).toMatchObject({ documents: 1, passages: 1 })
  expect(json(`documents --index ${mapped.path}`)).toMatchObject({ total: 1, documents: [{ title: 'Seven mills.' }] })
  expect(json(`document 0 --index ${mapped.path} --k 8`)).toMatchObject({
    text: 'Mills',
    chunks: { k: 8, supported: true },
  })
  expect(json(`search which alloy --index ${index} --passages 2`)).toHaveLength(2)
  const run = json(`ask which alloy? --index ${index} --k 4 --p 0.25 --max-tokens 3 --expand 0`)
  const promised = ['answer', 'passages', 'chunks', 'tokens', 'timings', 'counts']
  expect(Object.keys(run)).toEqual(expect.arrayContaining(promised))
  expect(run.chunks[0]).toMatchObject({ index: 0, passage: run.passages[0].id, expanded: true, forced: 'expand' })
  expect(run.tokens.length).toBeLessThanOrEqual(3)
  const questions = join(corpus, 'questions.test.jsonl')
  expect(json(`eval qa --index ${index} --questions ${questions} --limit 2 --k 8 --p 0,0.5`)).toMatchObject({
    cells: [
      { k: 8, p: 1, policy: 'all', n: 2 },
      { k: 8, p: 0, policy: 'learned', n: 2 },
      { k: 8, p: 0.5, policy: 'learned', n: 2 },
    ],
    pairs: [
      { p: 0, equal: 'passages', n: 2 },
      { p: 0.5, equal: 'passages', n: 2 },
    ],
  })
  const figures = join(home, 'figures.json')
  expect(json(`eval retrieval --index ${index} --questions ${questions} --limit 5 --export ${figures}`)).toMatchObject({
    set: { of: 'passage', queries: 5 },
  })
  const { tables } = JSON.parse(readFileSync(figures, 'utf8'))
  expect(tables).toMatchObject([{ name: 'retrieval' }, { name: 'retrieval-pairs' }])
  expect(tables[0].rows).toMatchObject([{ ranking: 'lexical', n: 5 }, { ranking: 'dense' }, { ranking: 'fused' }])
  // What the table was made with, less where to it was written.
  expect(tables[0].source).toMatchObject({
    command: `npm run refrag -- eval retrieval --index ${index} --questions ${questions} --limit 5`,
    bundle: expect.stringMatching(/^tiny [0-9a-f]{12}$/),
  })
  const ppl = 'eval ppl --context 64 --output 8 --k 8 --p 0.25 --limit 2'
  expect(json(ppl)).toMatchObject({ gaps: [{}, {}, {}, {}, {}], pairs: [{ better: 'learned', worse: 'random', n: 2 }] })
  expect(json('eval policy --k 16 --p 0.2 --limit 2 --small 1 --policy random,oracle')).toMatchObject({
    rows: [
      { policy: 'random', n: 2, regretN: 1 },
      { policy: 'oracle', n: 2, regretN: 1 },
    ],
    pairs: ['gold', 'precision', 'reward'].map((measure) => ({ measure, policy: 'oracle', against: 'random' })),
  })
  expect(json('bench ttft --arch tiny --contexts 64 --k 8 --repeats 1 --cached')).toMatchObject({
    rows: [
      { arch: 'tiny', context: 64, k: 8, p: 0, cached: true, n: 1 },
      { arch: 'tiny', context: 64, k: 8, p: 0, cached: false, n: 1 },
    ],
  })
  const people = refrag('ask', 'which alloy?', '--index', index, '--max-tokens', '3')
  const timed = refrag(
    ...`bench ttft --arch tiny --contexts 64 --k 8 --repeats 1 --export ${join(home, 'ttft.csv')}`.split(' '),
  )
  expect(timed.stdout).toMatch(/shape +context +k +p +cached +batch +n +full ms/)
  expect(timed.stdout).toContain(`written: ${join(home, 'ttft.csv')}`)
  expect(readFileSync(join(home, 'ttft.csv'), 'utf8')).toMatch(
    /^arch,context,k,p,cached,batch,n,full_ms,.*\r\ntiny,64,8,0,false,1,1,/,
  )
  expect(people.stdout).toMatch(/context tokens in \d+ positions/)
}, 240_000)

test('Ctrl-C ends with 130', async () => {
  const child = spawn(process.execPath, ['src/main/cli.ts', 'serve', '--json', '--home', home], { cwd: root })
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  const [code] = await once(child, 'exit')
  expect(code).toBe(130)
})
