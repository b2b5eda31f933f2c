/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Measures the page's budgets in a real browser, by hand on a machine at rest: `node scripts/benchBudgets.ts [--runs N] [--json]`.
 * Prints median and quartiles of each beside its budget. It is no test and asserts nothing; the toggle and the scroll are of kept
 * runs whose passages are repeated until they have as many chunks as the budget speaks of.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { chromium, type Browser, type Page } from 'playwright-core'
import { show } from '../src/main/cli/table.ts'
import { openRuns } from '../src/main/engine/store/runs.ts'
import { quantile } from '../src/shared/quantiles.ts'
import type { Run } from '../src/shared/run.ts'
import { columnsFor, tableOf } from '../src/shared/table.ts'
import { findBrowser } from './browser.ts'
import { build } from './build.ts'
import { root } from './checks.ts'
import { serve, type Served } from './served.ts'

type Row = {
  readonly measure: string
  /** Null where the budget is no time: a cancel takes effect by the next token. */
  readonly budget: number | null
  readonly unit: 'ms' | 'kB'
  readonly samples: readonly number[]
}

const { values } = parseArgs({ options: { runs: { type: 'string', default: '15' }, json: { type: 'boolean' } } })
const runs = Number(values.runs)
const found = await findBrowser()
if (found === null || !Number.isInteger(runs) || runs < 1) {
  console.error(found === null ? 'no browser on this machine' : 'use: node scripts/benchBudgets.ts [--runs N] [--json]')
  process.exit(2)
}
if (!(await build())) process.exit(1)

const home = await mkdtemp(join(tmpdir(), 'refrag-budgets-'))
const browser = await chromium.launch({ executablePath: found.path, args: [...found.args] })
const rows: Row[] = []
try {
  rows.push({ measure: 'initial JavaScript, gzip', budget: 300, unit: 'kB', samples: [firstScripts() / 1000] })
  const starts = await repeat(runs, () => timeStart(browser))
  rows.push(
    row(
      'first paint, browser door',
      1000,
      starts.map(({ paint }) => paint),
    ),
    row(
      'process start to interactive',
      2000,
      starts.map(({ interactive }) => interactive),
    ),
  )
  const served = await serve({ home })
  try {
    rows.push(...(await timePage(browser, served)))
  } finally {
    await served.stop()
  }
} finally {
  await browser.close()
  await rm(home, { recursive: true, force: true })
}
print(rows)

function row(measure: string, budget: number | null, samples: readonly number[]): Row {
  return { measure, budget, unit: 'ms', samples }
}

/** One after the other, the first dropped as warm-up. */
async function repeat<Sample>(count: number, once: (at: number) => Promise<Sample>): Promise<Sample[]> {
  const samples: Sample[] = []
  for (let at = 0; at <= count; at++) {
    const sample = await once(at)
    if (at > 0) samples.push(sample)
  }
  return samples
}

/** Bytes of gzip that the page loads before it can show anything. */
function firstScripts(): number {
  const folder = join(root, 'out/renderer')
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  const files = [...html.matchAll(/(?:src|href)="\.?\/?([^"]+\.js)"/g)].map((match) => match[1] ?? '')
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0)
}

/** A door on an empty home, opened in a browser that stands already, with nothing in its cache. */
async function timeStart(inBrowser: Browser): Promise<{ readonly paint: number; readonly interactive: number }> {
  const empty = await mkdtemp(join(tmpdir(), 'refrag-budgets-'))
  const context = await inBrowser.newContext({ viewport: { width: 1360, height: 880 } })
  const page = await context.newPage()
  const began = performance.now()
  const served = await serve({ home: empty })
  try {
    await page.goto(served.url)
    await page.locator('.engine-mark[data-state="ready"]').waitFor()
    await page.locator('.choice-first:enabled').waitFor()
    const interactive = performance.now() - began
    return { paint: await page.evaluate(firstPaint), interactive }
  } finally {
    await context.close()
    await served.stop()
    await rm(empty, { recursive: true, force: true })
  }
}

/** When the page first painted content; the browser tells of it a little after the frame. */
function firstPaint(): Promise<number> {
  return new Promise((resolve) => {
    const tell = (entries: readonly PerformanceEntry[]): void => {
      const found = entries.find(({ name }) => name === 'first-contentful-paint')
      if (found !== undefined) resolve(found.startTime)
    }
    new PerformanceObserver((list) => tell(list.getEntries())).observe({ type: 'paint', buffered: true })
  })
}

async function timePage(inBrowser: Browser, served: Served): Promise<Row[]> {
  const page = await inBrowser.newPage({ viewport: { width: 1360, height: 880 } })
  await page.goto(served.url)
  await page.getByRole('button', { name: 'Try the built-in demo' }).click({ timeout: 120_000 })
  await seeRun(page)
  const asked = new URLSearchParams(new URL(page.url()).hash.slice(1)).get('run') ?? ''
  const kept = openRuns(home, () => {})
  const base = kept.open(asked)
  const [many, most] = [repeated(base, 2000), repeated(base, 5000)]
  kept.save(many)
  kept.save(most)
  kept.close()
  // A toggle that runs the plan again would be timed with the engine at work.
  await page.getByRole('checkbox', { name: 'auto re-run' }).uncheck()
  await openRun(page, many)
  const toggles = await timeToggles(page, runs * 4)
  const details = await timeDetails(page, runs * 4)
  await openRun(page, most)
  const frames = await timeScroll(page, runs * 16)
  await openRun(page, base)
  const cancels = await repeat(runs, () => timeCancel(page))
  const crashes = await repeat(runs, () => timeCrash(page, served))
  return [
    row('toggle to repaint, 2,000 chunks', 50, toggles),
    row('frame of a scroll, 5,000 chunks', 1000 / 60, frames),
    row('details of a chunk from the cache', 100, details),
    row(
      'cancel acknowledged',
      200,
      cancels.map(({ acknowledged }) => acknowledged),
    ),
    row(
      'cancel until the job list is empty',
      null,
      cancels.map(({ effective }) => effective),
    ),
    row('engine crash to usable', 2000, crashes),
  ]
}

async function seeRun(page: Page): Promise<void> {
  await page.getByText(/^Run of .* The settings are those of the run\.$/).waitFor({ timeout: 120_000 })
}

async function openRun(page: Page, { id, chunks }: Run): Promise<void> {
  await page.evaluate((hash) => (location.hash = hash), `screen=bench&stage=measure&run=${id}&sel=chunk:0`)
  await page
    .getByText(`${chunks.length.toLocaleString('en-US')} chunks`, { exact: true })
    .first()
    .waitFor()
  await page.locator('[data-chunk="0"]').waitFor()
}

/** The run with its passages over and over, until it has `count` chunks. */
function repeated(run: Run, count: number): Run {
  const at = (index: number) => Math.floor(index / run.chunks.length)
  const name = (id: string, index: number) => `${id} ${at(index)}`
  const chunks = Array.from({ length: count }, (_, index) => {
    const chunk = run.chunks[index % run.chunks.length]
    if (chunk === undefined) throw new Error('internal: a run without chunks')
    return { ...chunk, index, passage: name(chunk.passage, index) }
  })
  const rounds = Array.from({ length: at(count - 1) + 1 }, (_, round) => round * run.chunks.length)
  const passages = rounds
    .flatMap((index) => run.passages.map((passage) => ({ ...passage, id: name(passage.id, index) })))
    .map((passage, i) => ({ ...passage, rank: i + 1 }))
  const expanded = chunks.filter((chunk) => chunk.expanded).length
  return { ...run, id: `budget-${count}`, passages, chunks, counts: { ...run.counts, chunks: count, expanded } }
}

/** Space on one chunk after another, each until the frame that shows it has been painted. */
function timeToggles(page: Page, count: number): Promise<number[]> {
  return page.evaluate(async (total) => {
    const samples: number[] = []
    for (let at = 0; at < total + 5; at++) {
      const tile = () => document.querySelector<HTMLElement>(`[data-chunk="${at % 20}"]`)
      tile()?.focus()
      await new Promise((resolve) => setTimeout(resolve, 50))
      const was = tile()?.getAttribute('aria-label')
      const began = performance.now()
      tile()?.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true, cancelable: true }))
      await new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      const now = performance.now()
      if (tile()?.getAttribute('aria-label') === was) throw new Error(`the toggle of chunk ${at % 20} changed nothing`)
      if (at >= 5) samples.push(now - began)
    }
    return samples
  }, count)
}

/** A chunk takes the focus, until the inspector that tells of it has been painted. */
function timeDetails(page: Page, count: number): Promise<number[]> {
  return page.evaluate(async (total) => {
    const samples: number[] = []
    for (let at = 0; at < total + 5; at++) {
      const index = (at * 7) % 40
      const began = performance.now()
      document.querySelector<HTMLElement>(`[data-chunk="${index}"]`)?.focus()
      await new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      const now = performance.now()
      const told = document.querySelector('.inspector h2')?.textContent ?? ''
      if (!new RegExp(`^Chunk ${index}\\b`).test(told)) throw new Error(`the inspector tells of ${told}, not ${index}`)
      if (at >= 5) samples.push(now - began)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    return samples
  }, count)
}

/** The time between frames while the strip scrolls by a third of a row a frame. */
function timeScroll(page: Page, count: number): Promise<number[]> {
  return page.evaluate(
    (total) =>
      new Promise<number[]>((resolve) => {
        const strip = document.querySelector('.strip')
        const samples: number[] = []
        let before = 0
        let at = 0
        function step(now: number) {
          if (at++ > 5) samples.push(now - before)
          before = now
          if (samples.length === total) return resolve(samples)
          if (strip !== null) strip.scrollTop += 31
          requestAnimationFrame(step)
        }
        requestAnimationFrame(step)
      }),
    count,
  )
}

/** A long answer is cancelled as it streams: until the page says so, and until the engine has no job any more. */
async function timeCancel(page: Page): Promise<{ readonly acknowledged: number; readonly effective: number }> {
  // At a high temperature an answer seldom ends by itself.
  await page.getByRole('spinbutton', { name: 'temperature' }).fill('5')
  await page.getByRole('spinbutton', { name: 'max tokens' }).fill('2000')
  await page.keyboard.press('Control+Enter')
  await page.locator('.answer .caret').waitFor()
  await page
    .locator('.status-jobs')
    .getByText(/^1 job/)
    .waitFor()
  return page.evaluate(
    () =>
      new Promise<{ acknowledged: number; effective: number }>((resolve, reject) => {
        const button = () => document.querySelector<HTMLButtonElement>('.run-button')
        if (button()?.textContent.startsWith('Cancel') !== true) return reject(new Error('the answer ended by itself'))
        const began = performance.now()
        let acknowledged: number | null = null
        function look() {
          const words = button()?.textContent ?? ''
          if (!/^Cancel(?!ling)/.test(words)) acknowledged ??= performance.now() - began
          const idle = document.querySelector('.status-jobs')?.textContent.startsWith('no jobs') === true
          if (acknowledged !== null && words.startsWith('Run') && idle) {
            watch.disconnect()
            resolve({ acknowledged, effective: performance.now() - began })
          }
        }
        const watch = new MutationObserver(look)
        watch.observe(document.body, { subtree: true, childList: true, characterData: true })
        button()?.click()
        look()
      }),
  )
}

/** The engine is killed: until the page has another one that has told who it is. */
async function timeCrash(page: Page, served: Served): Promise<number> {
  // An engine that dies young is started again later; this one has not just been started.
  await page.waitForTimeout(10_500)
  const pid = served.enginePid()
  if (pid === null) throw new Error('there is no engine to kill')
  const gone = page.locator('.engine-mark[data-state="gone"]').waitFor()
  const began = performance.now()
  process.kill(pid, 'SIGKILL')
  await gone
  await page.locator('.engine-mark[data-state="ready"]').waitFor()
  await page.locator('.run-button:not([aria-disabled="true"])').waitFor()
  return performance.now() - began
}

function print(measured: readonly Row[]): void {
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, browser: found?.path ?? '' }
  const told = measured.map(({ samples, ...rest }) => {
    const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(samples, share)) as [number, number, number]
    return { ...rest, n: samples.length, median, quartiles: [low, high] as const, samples }
  })
  if (values.json === true) return console.log(JSON.stringify({ machine, rows: told }))
  const { text, integer, number, interval } = columnsFor<(typeof told)[number]>()
  const columns = [
    text('measure', 'measure'),
    number('budget', 'budget', { digits: 1 }),
    integer('n', 'n'),
    number('median', 'median', { digits: 1 }),
    interval('quartiles', 'quartiles', { digits: 1 }),
    text('unit', 'unit'),
  ]
  console.log(`${machine.cpu}, ${machine.cores} cores`)
  console.log(show(tableOf('budgets', 'Budgets of the page', columns, told)))
}
