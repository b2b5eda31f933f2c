/** Settings on the page: the last change stands whatever is answered when, and a restart waits until it is kept. */
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { MessageChannel } from 'node:worker_threads'
import { beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { link, type Desktop } from '../../src/renderer/link.ts'
import { restartEngine } from '../../src/renderer/state/house.ts'
import { changeSettings, settings } from '../../src/renderer/state/settings.ts'
import { contract } from '../../src/shared/contract.ts'
import { firstSettings } from '../../src/shared/settings.ts'
import type { SettingsChange } from '../../src/shared/settingsSchema.ts'

/** What the engine was asked, in order; a change is answered when the test lets it. */
const heard: string[] = []
const waiting: (() => void)[] = []
let kept = firstSettings

beforeAll(() => {
  const desktop: Desktop = {
    pathForFile: () => '',
    onMenu: () => {},
    onEngine: () => {},
    onHanded: () => {},
    noteOpened: () => {},
    setTheme: () => {},
  }
  Object.defineProperty(window, 'workbench', { value: desktop })
  const os = implement(contract)
  const write = async (change: SettingsChange) => {
    heard.push(`threads ${change.threads}`)
    const given = Object.entries(change).filter(([, value]) => value !== undefined)
    const next = { ...kept, ...Object.fromEntries(given) }
    kept = next
    await new Promise<void>((resolve) => void waiting.push(resolve))
    return next
  }
  const router = {
    settings: { write: os.settings.write.handler(({ input }) => write(input)) },
    restart: os.restart.handler(() => void heard.push('restart')),
  }
  const { port1, port2 } = new MessageChannel()
  new RPCHandler(router).upgrade(port1 as unknown as MessagePort)
  port1.start()
  link()
  const arrival = new Event('message')
  window.dispatchEvent(Object.assign(arrival, { data: 'engine-port', source: window, ports: [port2] }))
})

beforeEach(() => {
  heard.length = 0
  waiting.length = 0
  kept = firstSettings
  settings.setState({ now: firstSettings, fault: null })
})

const threads = (): number | null => settings.getState().now.threads

test('the answer to an earlier change does not take back a later one', async () => {
  const changes = [changeSettings({ threads: 2 }), changeSettings({ threads: 1 })]
  await vi.waitFor(() => expect(waiting).toHaveLength(2))
  waiting[0]?.()
  await changes[0]
  expect(threads()).toBe(1)
  waiting[1]?.()
  await changes[1]
  expect(threads()).toBe(1)
})

test('a restart is asked for once the last change is kept', async () => {
  void changeSettings({ threads: 1 })
  const restarting = restartEngine()
  await vi.waitFor(() => expect(waiting).toHaveLength(1))
  expect(heard).toEqual(['threads 1'])
  waiting[0]?.()
  await restarting
  expect(heard).toEqual(['threads 1', 'restart'])
})
