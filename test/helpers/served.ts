/** One browser and one served door for a whole journey; the browser keeps what it remembers when the door is opened again. */
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve, type Served } from '../../scripts/served.ts'
import { browser } from './doors.ts'
import { writeTinyBundle } from './tinyBundle.ts'

export type Journey = {
  readonly context: BrowserContext
  readonly home: string
  /** The door as it stands now. */
  readonly served: () => Served
  readonly page: () => Page
  /** What the pages logged as errors. */
  readonly errors: readonly string[]
  /** Starts a door on the same home and at the same port, and opens its page in the same browser. */
  readonly openAgain: () => Promise<Page>
  readonly close: () => Promise<void>
}

/** Why no journey can be made here; null where one can. */
export const noJourney = browser === null ? 'no Chrome, Edge or Chromium on this machine' : null

export async function startJourney(): Promise<Journey> {
  const models = await mkdtemp(join(tmpdir(), 'refrag-models-'))
  const home = await mkdtemp(join(tmpdir(), 'refrag-home-'))
  await writeTinyBundle(models)
  const started = await chromium.launch({ executablePath: browser?.path ?? '', args: [...(browser?.args ?? [])] })
  const context = await started.newContext({ viewport: { width: 1360, height: 880 } })
  const errors: string[] = []
  let served = await serve({ home, models })
  const port = Number(new URL(served.url).port)
  let page = await open()
  async function open(): Promise<Page> {
    const next = await context.newPage()
    next.setDefaultTimeout(20_000)
    next.on('pageerror', (error) => errors.push(error.message))
    await next.goto(served.url)
    return next
  }
  return {
    context,
    home,
    served: () => served,
    page: () => page,
    errors,
    openAgain: async () => {
      served = await serve({ home, models, port })
      return (page = await open())
    },
    close: async () => {
      await started.close()
      await served.stop()
      await rm(home, { recursive: true, force: true })
      await rm(models, { recursive: true, force: true })
    },
  }
}
