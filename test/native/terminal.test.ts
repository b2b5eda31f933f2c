/** The terminal door as people meet it: exit codes, help, JSON on stdout alone, no bar in a pipe. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
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
}, 60_000)

test.each([
  { args: ['ask', 'why?'], says: '--index is missing' },
  { args: ['ask', '--index', 'x'], says: 'ask takes a question' },
  { args: ['ask', 'why?', '--index', 'x', '--k', 'eight'], says: '--k takes a number, not "eight"' },
  { args: ['ask', 'why?', '--index', 'x', '--policy', 'best'], says: '--policy knows learned' },
  { args: ['bench', 'ttft', '--contexts', '512,,2048'], says: '--contexts takes values separated by commas' },
  { args: ['health', '--loud'], says: '--loud' },
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

test('Ctrl-C ends with 130', async () => {
  const child = spawn(process.execPath, ['src/main/cli.ts', 'serve', '--json', '--home', home], { cwd: root })
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  const [code] = await once(child, 'exit')
  expect(code).toBe(130)
})
