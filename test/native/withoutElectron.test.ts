/** The third net: where importing `electron` throws, the engine and its terminal door run; a desktop file does not. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

const root = join(import.meta.dirname, '../..')
const home = mkdtempSync(join(tmpdir(), 'refrag-no-electron-'))
beforeAll(() => writeTinyBundle(join(home, 'models')))
afterAll(() => rmSync(home, { recursive: true }))

function runWithoutElectron(args: readonly string[]) {
  const hook = pathToFileURL(join(root, 'test/helpers/noElectron.ts')).href
  return spawnSync(process.execPath, ['--import', hook, ...args], { cwd: root, encoding: 'utf8' })
}

test('the engine answers without Electron', () => {
  const done = runWithoutElectron([
    'src/main/cli.ts',
    'health',
    '--json',
    '--home',
    home,
    '--bundle',
    join(home, 'models'),
  ])
  expect({ status: done.status, stderr: done.stderr }).toEqual({ status: 0, stderr: '' })
  expect(JSON.parse(done.stdout)).toMatchObject({ home })
})

test('the net catches a file that does import Electron', () => {
  const done = runWithoutElectron(['src/main/window.ts'])
  expect(done.status).not.toBe(0)
  expect(done.stderr).toContain('electron was imported by')
})
