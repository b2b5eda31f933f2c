/**
 * `npm test`: the checks, the built page, then every test this machine can run but those of `test/long.ts`, which `--long` runs alone;
 * a name runs the files it fits. Ends with how many passed and failed.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findBrowser } from './browser.ts'
import { build } from './build.ts'
import { binOf, checks, root, runStep } from './checks.ts'

type Report = {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numFailedTestSuites: number
}

const asked = process.argv.slice(2)
const long = asked.includes('--long')
const filters = asked.filter((each) => each !== '--long')
let passed = 0
let failed = 0

if (filters.length === 0 && !long) {
  for (const step of checks) {
    if (runStep(step)) passed += 1
    else failed += 1
  }
}

const browser = await findBrowser()
console.log(
  browser === null
    ? 'SKIPPED browser journeys: no Chrome, Edge or Chromium on this machine (set REFRAG_BROWSER to one)'
    : `browser: ${browser.path} (${browser.from})`,
)
if (!(await build())) failed += 1

const file = join(root, '.work', 'vitest.json')
mkdirSync(join(root, '.work'), { recursive: true })
rmSync(file, { force: true })
const run = spawnSync(
  process.execPath,
  [binOf('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...filters],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, REFRAG_TESTS: long ? 'long' : filters.length === 0 ? 'short' : 'all' },
  },
)
const report = readReport()
if (report === null) failed += 1
else {
  passed += report.numPassedTests
  failed += report.numFailedTests
  // A file that dies before its first test has no failed test to count.
  if (report.numFailedTests === 0 && (run.status !== 0 || report.numFailedTestSuites > 0)) failed += 1
  if (report.numPendingTests > 0) console.log(`${report.numPendingTests} skipped`)
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function readReport(): Report | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
