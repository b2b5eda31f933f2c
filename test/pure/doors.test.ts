/** What the doors decide without a browser: who may ask, what a page may do, when an engine starts again. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { UsageError, readArguments } from '../../src/main/cli/arguments.ts'
import { describeProgress, progressBar } from '../../src/main/cli/progress.ts'
import { table } from '../../src/main/cli/table.ts'
import { doorPrinter } from '../../src/main/doorPrinter.ts'
import {
  contentSecurityPolicy,
  isOwnFrame,
  isOwnHost,
  isOwnOrigin,
  mayGrant,
  mayNavigate,
  mayOpenOutside,
  sameToken,
} from '../../src/main/guard.ts'
import { menuTable } from '../../src/main/menuTable.ts'
import { respond } from '../../src/main/page.ts'
import { restartMs, supervise, type EngineProcess, type EngineState } from '../../src/main/supervise.ts'

describe('guards', () => {
  test('windows stay on our origin', () => {
    const asked = [
      'app://workbench/',
      'app://workbench',
      'app://workbench.evil/',
      'https://arxiv.org/',
      'file:///etc/passwd',
    ]
    expect(asked.map(mayNavigate)).toEqual([true, true, false, false, false])
  })

  test('only listed https hosts open outside', () => {
    const asked = [
      'https://arxiv.org/abs/2509.01092',
      'http://arxiv.org/',
      'https://arxiv.org.evil.test/',
      'https://arxiv.org@evil.test/',
      'https://user@arxiv.org/',
      'javascript:alert(1)',
      'nonsense',
    ]
    expect(asked.map(mayOpenOutside)).toEqual([true, false, false, false, false, false, false])
  })

  test('the clipboard is the only permission', () => {
    expect(['clipboard-sanitized-write', 'clipboard-read', 'media', 'geolocation'].map(mayGrant)).toEqual([
      true,
      false,
      false,
      false,
    ])
  })

  test('only the top frame of our page is believed', () => {
    expect([
      isOwnFrame({ url: 'app://workbench/', isTop: true }),
      isOwnFrame({ url: 'app://workbench/', isTop: false }),
      isOwnFrame({ url: 'https://evil.test/', isTop: true }),
      isOwnFrame(null),
    ]).toEqual([true, false, false, false])
  })

  test('a name re-bound to this machine is refused, and so is another origin', () => {
    expect(
      ['127.0.0.1:80', 'localhost:80', 'evil.test:80', '127.0.0.1:81', undefined].map((host) => isOwnHost(host, 80)),
    ).toEqual([true, true, false, false, false])
    expect(isOwnOrigin('http://127.0.0.1:80', '127.0.0.1:80')).toBe(true)
    expect(isOwnOrigin('http://evil.test', '127.0.0.1:80')).toBe(false)
    expect(isOwnOrigin(undefined, '127.0.0.1:80')).toBe(false)
  })

  test('a token matches whole or not at all', () => {
    expect([sameToken('abc', 'abc'), sameToken('ab', 'abc'), sameToken('abd', 'abc'), sameToken(null, 'abc')]).toEqual([
      true,
      false,
      false,
      false,
    ])
  })

  test('the policy forbids scripts that are not ours', () => {
    const policy = contentSecurityPolicy('n')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|\*/)
  })
})

describe('the page', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'refrag-page-'))
    await mkdir(join(folder, 'out', 'assets'), { recursive: true })
    await writeFile(join(folder, 'out', 'index.html'), '<html><head></head><div id="root"></div></html>')
    await writeFile(join(folder, 'out', 'assets', 'a.js'), 'export {}')
    await writeFile(join(folder, 'secret.json'), '{}')
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('carries one nonce in header and text, new each time', async () => {
    const [first, second] = [await respond(join(folder, 'out'), '/'), await respond(join(folder, 'out'), '/')]
    const nonce = /nonce-([\w-]+)/.exec(first.headers['content-security-policy'] ?? '')?.[1]
    expect(first.status).toBe(200)
    expect(first.body).toContain(`nonce="${nonce}"`)
    expect(second.body).not.toContain(`nonce="${nonce}"`)
  })

  test.each([
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/assets/..%2f..%2f..%2fsecret.json',
    '/..%5csecret.json',
    '/a%00.js',
    '/%E0%A4%A',
  ])('never leaves its folder: %s', async (path) => {
    expect((await respond(join(folder, 'out'), path)).status).toBe(404)
  })

  test('gives scripts their type', async () => {
    const { status, headers } = await respond(join(folder, 'out'), '/assets/a.js')
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'text/javascript; charset=utf-8' })
  })
})

describe('the supervisor', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('starts a dead engine again, later each time it dies young, and stops when told', () => {
    const exits: ((reason: string) => void)[] = []
    const states: EngineState[] = []
    let killed = 0
    const start = (): EngineProcess => ({
      send: () => {},
      onMessage: () => {},
      onExit: (callback) => void exits.push(callback),
      kill: () => (killed += 1),
    })
    const supervisor = supervise({ start, onState: (state) => void states.push(state) })
    for (let death = 0; death < 3; death += 1) {
      exits.at(-1)?.('SIGSEGV')
      expect(supervisor.current()).toBeNull()
      vi.advanceTimersByTime(restartMs.at(-1) ?? 0)
    }
    expect(exits).toHaveLength(4)
    expect(states).toEqual([250, 1000, 5000].map((wait) => ({ type: 'gone', reason: 'SIGSEGV', restartMs: wait })))
    supervisor.stop()
    exits.at(-1)?.('SIGTERM')
    vi.advanceTimersByTime(60_000)
    expect({ starts: exits.length, killed }).toEqual({ starts: 4, killed: 1 })
  })
})

describe('the end of an engine', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** An engine that does what it is told when `exit` is called. */
  function engine(): {
    readonly said: unknown[]
    exit: () => void
    killed: number
    readonly start: () => EngineProcess
  } {
    const made = { said: [] as unknown[], exit: () => {}, killed: 0 }
    const start = (): EngineProcess => ({
      send: (message) => void made.said.push(message),
      onMessage: () => {},
      onExit: (callback) => void (made.exit = () => callback('exit code 0')),
      kill: () => (made.killed += 1),
    })
    return Object.assign(made, { start })
  }

  test('it is told to end, waited for, and not started again', async () => {
    const made = engine()
    const states: EngineState[] = []
    const { end, current } = supervise({ start: made.start, onState: (state) => void states.push(state) })
    let over = false
    const ending = end(30_000).then(() => (over = true))
    await vi.advanceTimersByTimeAsync(29_000)
    expect({ said: made.said, over, killed: made.killed }).toEqual({ said: [{ type: 'end' }], over: false, killed: 0 })
    made.exit()
    await ending
    await vi.advanceTimersByTimeAsync(60_000)
    expect({ killed: made.killed, now: current(), states }).toEqual({ killed: 0, now: null, states: [] })
  })

  test('one that takes too long is killed, and one that is gone already is not waited for', async () => {
    const made = engine()
    const { end } = supervise({ start: made.start, onState: () => {} })
    const ending = end(30_000)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(made.killed).toBe(1)
    made.exit()
    await ending
    const dead = engine()
    const second = supervise({ start: dead.start, onState: () => {} })
    dead.exit()
    await second.end(30_000)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(dead.said).toEqual([])
  })
})

describe('printing through a door', () => {
  test('each page gets its own PDF, whatever order they come back in; what is not printed is a fault', async () => {
    const asked: { readonly id: number; readonly html: string }[] = []
    const { print, deliver } = doorPrinter((message) => void (message.type === 'print' && asked.push(message)))
    const [first, second, third] = [print('<p>1'), print('<p>2'), print('<p>3')]
    third.catch(() => {})
    const ids = asked.map(({ id }) => id)
    expect(asked.map(({ html }) => html)).toEqual(['<p>1', '<p>2', '<p>3'])
    deliver({ type: 'printed', id: ids[1] ?? 0, pdf: Uint8Array.of(2), reason: '' })
    deliver({ type: 'printed', id: 99, pdf: Uint8Array.of(9), reason: '' })
    deliver({ type: 'printed', id: ids[0] ?? 0, pdf: Uint8Array.of(1), reason: '' })
    deliver({ type: 'printed', id: ids[2] ?? 0, pdf: null, reason: 'no room' })
    expect([await first, await second]).toEqual([Uint8Array.of(1), Uint8Array.of(2)])
    await expect(third).rejects.toMatchObject({ code: 'bad-input', message: 'The page was not printed: no room.' })
  })
})

describe('the terminal', () => {
  test('flags are read by type, with their defaults', () => {
    const flags = {
      k: { type: 'string', about: '', default: '8,16' },
      p: { type: 'string', about: '' },
      cached: { type: 'boolean', about: '' },
    } as const
    const values = readArguments(['why', '--p', '0.25', '--cached'], flags)
    expect([values.positionals, values.numbers('k'), values.number('p'), values.flag('cached')]).toEqual([
      ['why'],
      [8, 16],
      0.25,
      true,
    ])
    expect(() => readArguments([], flags).number('p')).toThrow(UsageError)
    expect(() => readArguments(['--p', '0.5'], flags).integer('p')).toThrow('whole number')
  })

  test('a bar is drawn on a terminal and nowhere else', () => {
    const progress = {
      type: 'progress',
      stage: 'embed',
      done: 50,
      total: 200,
      unit: 'passages',
      perSecond: 25,
      secondsLeft: 6,
    } as const
    const written: string[] = []
    const write = (text: string): void => void written.push(text)
    progressBar({ write }).show(progress)
    expect(written).toEqual([])
    progressBar({ write, isTTY: true, columns: 200 }).show(progress)
    expect(written).toEqual(['\r\x1b[Kembed █████░░░░░░░░░░░░░░░ 25 %  50/200 passages  25/s  6 s left'])
    expect(describeProgress({ ...progress, total: null, secondsLeft: null, perSecond: null }, 80)).toBe(
      'embed  50 passages',
    )
  })

  test('a table sets numbers right and text left', () => {
    expect(
      table(
        ['name', 'n'],
        [
          ['a', 5],
          ['long', 12],
        ],
      ),
    ).toBe('name   n\na      5\nlong  12')
  })
})

test('menu commands have one id and one accelerator each', () => {
  const items = menuTable.flatMap((group) => group.items)
  const keys = items.flatMap((item) => item.accelerator ?? [])
  expect(new Set(items.map((item) => item.command)).size).toBe(items.length)
  expect(new Set(keys).size).toBe(keys.length)
})
