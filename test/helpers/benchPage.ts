/**
 * Times the chunk strip in a real browser, by hand on a machine at rest: `node test/helpers/benchPage.ts [CHUNKS…]`, 2,000 and 5,000 by
 * default. A synthetic run is kept where the engine finds it and opened on the bench. Prints median and quartiles of a toggle to its
 * repaint and of the frames of a scroll. It is no test and asserts nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { build } from '../../scripts/build.ts'
import { openRuns } from '../../src/main/engine/store/runs.ts'
import { quantile } from '../../src/shared/quantiles.ts'
import { bigRun } from '../page/bigRun.ts'
import { browser, doors } from './doors.ts'
import { seeEngine } from './journey.ts'
import { writeTinyBundle } from './tinyBundle.ts'

const toggles = 60
const frames = 240
const warmUps = 5

const given = process.argv.slice(2).map(Number)
const sizes = given.length > 0 ? given : [2000, 5000]
const [door] = doors
if (browser === null || door === undefined || !sizes.every((size) => Number.isInteger(size) && size > 0)) {
  console.error(browser === null ? 'no browser on this machine' : 'use: node test/helpers/benchPage.ts [CHUNKS…]')
  process.exit(2)
}
if (!(await build())) process.exit(1)

const models = await mkdtemp(join(tmpdir(), 'refrag-bench-'))
await writeTinyBundle(models)
const opened = await door.open(models)
try {
  const { page, folder } = opened
  await seeEngine(page)
  const runs = openRuns(folder, () => {})
  for (const size of sizes) runs.save(bigRun(size))
  runs.close()
  // A toggle that runs the plan again would be timed with the engine at work.
  await page.evaluate(() => localStorage.setItem('refrag:autoRun', 'false'))
  await page.reload()
  await seeEngine(page)
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; ${await page.evaluate(() => navigator.userAgent)}`,
  )
  for (const size of sizes) {
    for (const stage of ['measure', 'sense', 'expand']) {
      const address = `screen=bench&stage=${stage}&run=${bigRun(size).id}&sel=chunk:0`
      await page.evaluate((hash) => (location.hash = hash), address)
      await page.locator('.steps [aria-current]').getByText(stage).waitFor()
      await page
        .getByText(`${size.toLocaleString('en-US')} chunks`, { exact: true })
        .first()
        .waitFor()
      if (stage === 'measure')
        console.log(`\n${size} chunks, ${await page.locator('[data-chunk]').count()} of them drawn`)
      console.log(tell(`toggle to repaint, ${stage} beside it`, await timeToggles(page)))
    }
    const scroll = await timeScroll(page)
    const late = scroll.filter((ms) => ms > 20).length
    console.log(`${tell('frame of a scroll', scroll)}; ${late} over 20 ms`)
  }
} finally {
  await opened.close()
  await rm(models, { recursive: true })
}

function tell(name: string, samples: readonly number[]): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(samples, share).toFixed(1))
  return `${name}: median ${middle} ms, quartiles ${low} to ${high}, n ${samples.length}`
}

/** Space on one chunk after another; each time until the frame that shows it has been painted. */
function timeToggles(page: Page): Promise<number[]> {
  return page.evaluate(
    async ({ count, dropped }) => {
      const samples: number[] = []
      for (let at = 0; at < count + dropped; at++) {
        const tile = document.querySelector<HTMLElement>(`[data-chunk="${at % 20}"]`)
        tile?.focus()
        await new Promise((resolve) => setTimeout(resolve, 50))
        const was = tile?.getAttribute('aria-label')
        const began = performance.now()
        tile?.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true, cancelable: true }))
        await new Promise<void>((resolve) => {
          const { port1, port2 } = new MessageChannel()
          port1.addEventListener('message', () => resolve())
          port1.start()
          requestAnimationFrame(() => port2.postMessage(null))
        })
        const now = document.querySelector(`[data-chunk="${at % 20}"]`)?.getAttribute('aria-label')
        if (now === was) throw new Error(`the toggle of chunk ${at % 20} changed nothing: ${now}`)
        if (at >= dropped) samples.push(performance.now() - began)
      }
      return samples
    },
    { count: toggles, dropped: warmUps },
  )
}

/** The time between frames while the strip scrolls by a third of a row a frame. */
function timeScroll(page: Page): Promise<number[]> {
  return page.evaluate(
    ({ count, dropped }) =>
      new Promise<number[]>((resolve) => {
        const strip = document.querySelector('.strip')
        const samples: number[] = []
        let before = 0
        let at = 0
        function step(now: number) {
          if (at++ > dropped) samples.push(now - before)
          before = now
          if (samples.length === count) return resolve(samples)
          if (strip !== null) strip.scrollTop += 31
          requestAnimationFrame(step)
        }
        requestAnimationFrame(step)
      }),
    { count: frames, dropped: warmUps },
  )
}
