/** Downloads on the page: however short one is, its end is heard, and what was wished of it is done once. */
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { MessageChannel } from 'node:worker_threads'
import { beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { link, type Desktop } from '../../src/renderer/link.ts'
import { jobs } from '../../src/renderer/state/jobs.ts'
import { freeName, models } from '../../src/renderer/state/models.ts'
import { downloads, listDownloads, watchDownloads } from '../../src/renderer/state/modelsDownloads.ts'
import { fitOf, type Side } from '../../src/renderer/views/models/fit.ts'
import { contract } from '../../src/shared/contract.ts'
import type { HubDownload } from '../../src/shared/hub.ts'
import type { JobInfo } from '../../src/shared/jobList.ts'
import type { ModelInfo } from '../../src/shared/models.ts'

const key = 'lab--small@c0ffee012345'
const download: HubDownload = {
  key,
  id: 'lab/small',
  revision: 'main',
  commit: 'c0ffee0123456789c0ffee0123456789c0ffee01',
  endpoint: 'http://127.0.0.1:1',
  licence: 'mit',
  began: '2026-03-04T05:06:07.000Z',
  folder: '/home/downloads/small',
  files: 3,
  filesDone: 3,
  bytes: 100,
  have: 100,
  state: 'done',
  fault: null,
  adapter: false,
}
const model: ModelInfo = {
  name: 'small',
  path: '/home/models/small',
  role: 'decoder',
  architecture: 'LlamaForCausalLM',
  parameters: 10,
  dtype: 'f32',
  bytes: 40,
  vocabulary: 8,
  hidden: 4,
  layers: 1,
  window: 64,
  source: { kind: 'hub', id: download.id, revision: download.commit },
  licence: 'mit',
  tokenizer: true,
  chatTemplate: false,
  imported: '2026-03-04T05:06:08.000Z',
}
const job = (state: JobInfo['state']): JobInfo => ({
  id: 'job-1',
  kind: 'download',
  title: 'Download of lab/small',
  began: download.began,
  ended: state === 'running' ? null : download.began,
  state,
  progress: null,
  fault: null,
  work: key,
})

/** What the engine holds; `answer` is awaited before a list goes out. */
let held: HubDownload[] = []
let answer: () => Promise<void> = async () => {}
const imported: string[] = []

beforeAll(() => {
  const desktop: Desktop = {
    pathForFile: () => '',
    onMenu: () => {},
    onEngine: () => {},
    onHanded: () => {},
    noteOpened: () => {},
    reveal: () => {},
    setTheme: () => {},
  }
  Object.defineProperty(window, 'workbench', { value: desktop })
  const os = implement(contract)
  const router = {
    hub: {
      list: os.hub.list.handler(async () => {
        const now = [...held]
        await answer()
        return now
      }),
      discard: os.hub.discard.handler(() => void (held = [])),
    },
    models: {
      list: os.models.list.handler(() => (imported.length === 0 ? [] : [model])),
      import: os.models.import.handler(async function* ({ input }) {
        imported.push(`${input.name} from ${input.path}`)
        yield { type: 'done' as const, result: model }
      }),
    },
  }
  const { port1, port2 } = new MessageChannel()
  new RPCHandler(router).upgrade(port1 as unknown as MessagePort)
  port1.start()
  link()
  const arrival = new Event('message')
  window.dispatchEvent(Object.assign(arrival, { data: 'engine-port', source: window, ports: [port2] }))
})

beforeEach(() => {
  held = []
  answer = async () => {}
  imported.length = 0
  jobs.setState({ list: [] })
  downloads.setState({ list: null, wishes: {} })
  models.setState({ list: null, shown: null })
})

test('one that is first heard of when it has ended is listed anew, imported as was wished, and deleted', async () => {
  held = [{ ...download, state: 'running', filesDone: 1 }]
  downloads.setState({ wishes: { [key]: { name: 'small', dtype: 'f32' } } })
  onTestFinished(watchDownloads())
  await vi.waitFor(() => expect(downloads.getState().list?.[0]?.state).toBe('running'))
  held = [download]
  jobs.setState({ list: [job('done')] })
  await vi.waitFor(() => expect(downloads.getState().list).toEqual([]))
  expect(imported).toEqual(['small from /home/downloads/small'])
  expect(downloads.getState().wishes).toEqual({})
  expect(models.getState()).toMatchObject({ shown: 'small', list: [model] })
})

test('without a wish it waits, whole', async () => {
  held = [{ ...download, state: 'running' }]
  onTestFinished(watchDownloads())
  jobs.setState({ list: [job('running')] })
  held = [download]
  jobs.setState({ list: [job('done')] })
  await vi.waitFor(() => expect(downloads.getState().list?.[0]?.state).toBe('done'))
  expect(imported).toEqual([])
})

test('an answer that a later one overtook changes nothing', async () => {
  const late = Promise.withResolvers<void>()
  held = [{ ...download, state: 'running' }]
  const asked = vi.fn(() => late.promise)
  answer = asked
  const first = listDownloads()
  await vi.waitFor(() => expect(asked).toHaveBeenCalled())
  answer = async () => {}
  held = [download]
  await listDownloads()
  late.resolve()
  await first
  expect(downloads.getState().list?.[0]?.state).toBe('done')
})

test('a free name is the last part of where a model comes from, numbered on', () => {
  expect(freeName('lab/small', [])).toBe('small')
  expect(freeName('/models/Small model/', [{ name: 'small-model' }])).toBe('Small-model-2')
  expect(freeName('..', [])).toBe('model')
})

test('what fits together says the projector between, or the reason why not', () => {
  const side = (more: Partial<Side>): Side => ({
    name: 'it',
    hidden: 4,
    window: 64,
    tokenizer: true,
    vocabulary: 8,
    ...more,
  })
  expect(fitOf(side({ hidden: 6 }), side({}))).toMatchObject({ fits: true, says: '6 → 4' })
  expect(fitOf(side({ vocabulary: 9 }), side({})).why).toContain('reads chunks as text')
  expect(fitOf(side({ window: 4 }), side({}))).toMatchObject({ fits: false, says: '4 positions' })
  expect(fitOf(side({}), side({ name: 'bare', tokenizer: false })).why).toContain('bare came without a tokenizer.json')
})
