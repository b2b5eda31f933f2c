/** Electron's security checklist, item by item, on the built main process; each test fails where its item is undone. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { globSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pinnedElectron, refuseOldElectron, supportEnds } from '../../scripts/electronSupport.ts'
import { contentSecurityPolicy } from '../../src/main/guard.ts'
import { doors, type InMain, type OpenDoor } from '../helpers/doors.ts'
import { seeEngine } from '../helpers/journey.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

const root = join(import.meta.dirname, '../..')
let models: string
beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'refrag-models-'))
  await writeTinyBundle(models)
})
afterAll(() => rm(models, { recursive: true }))

const desktops = doors.filter(({ name }) =>
  ['desktop on the stand-in for Electron', 'desktop on Electron'].includes(name),
)

for (const { name, skip, open } of desktops) {
  describe.skipIf(skip !== null)(skip === null ? name : `${name} (skipped: ${skip})`, () => {
    let door: OpenDoor
    let inMain: InMain
    beforeAll(async () => {
      door = await open(models)
      if (door.inMain === null) throw new Error('a desktop has a main process')
      inMain = door.inMain
      await seeEngine(door.page)
    })
    afterAll(() => door?.close())

    const preferences = () =>
      inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getLastWebPreferences())

    /** Sends an event as Electron does and says whether the app refused it. */
    const refuses = (event: string, url: string) =>
      inMain(
        ({ BrowserWindow }, [given, address]: readonly [string, string]) => {
          let refused = false
          const details = { url: address, isMainFrame: true, preventDefault: () => (refused = true) }
          BrowserWindow.getAllWindows()[0]?.webContents.emit(given, details, address)
          return refused
        },
        [event, url] as const,
      )

    test('1 and 18: the page is ours, from app://, and nothing is loaded from elsewhere', async () => {
      const loaded = await door.page.evaluate(() =>
        performance.getEntriesByType('resource').map((entry) => new URL(entry.name).origin),
      )
      expect(new Set([...loaded, await door.page.evaluate(() => location.origin)])).toEqual(
        new Set([new URL(door.page.url()).origin]),
      )
    })

    test('2: the page has no Node', async () => {
      const found = await door.page.evaluate(() =>
        ['require', 'process', 'module', 'Buffer', 'global'].filter((word) => word in window),
      )
      expect(found).toEqual([])
      expect(await preferences()).toMatchObject({ nodeIntegration: false, nodeIntegrationInWorker: false })
    })

    test('3: the preload has a world of its own', async () => {
      expect(await preferences()).toMatchObject({ contextIsolation: true })
    })

    test('4: every page is sandboxed, also one that asks not to be', async () => {
      expect(await preferences()).toMatchObject({ sandbox: true })
      const asked = await inMain(({ BrowserWindow }) => {
        const window = new BrowserWindow({ show: false, webPreferences: { sandbox: false } })
        const { sandbox } = window.webContents.getLastWebPreferences()
        window.destroy()
        return sandbox
      })
      expect(asked).toBe(true)
    })

    test('5: no permission is granted but writing to the clipboard', async () => {
      const states = await door.page.evaluate(() =>
        Promise.all(
          ['geolocation', 'notifications', 'clipboard-read', 'camera', 'midi', 'clipboard-write'].map(
            async (permission) => (await navigator.permissions.query({ name: permission as PermissionName })).state,
          ),
        ),
      )
      expect(states.slice(0, 5).filter((state) => state === 'granted')).toEqual([])
      expect(states.at(-1)).toBe('granted')
    })

    test('6, 8, 9, 10: web security stands, no insecure content, no experiments', async () => {
      expect(await preferences()).toMatchObject({
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
      })
      expect((await preferences())?.enableBlinkFeatures ?? '').toBe('')
    })

    test('7: the policy comes with the page, with a nonce for each load, and refuses scripts written into the page', async () => {
      const policies = await door.page.evaluate(async () => {
        const read = async (): Promise<string> => (await fetch('/')).headers.get('content-security-policy') ?? ''
        return [await read(), await read()]
      })
      const nonce = (policy: string): string => /'nonce-([\w-]{22})'/.exec(policy)?.[1] ?? ''
      expect(policies[0]).toBe(contentSecurityPolicy(nonce(policies[0] ?? '')))
      expect(nonce(policies[0] ?? '')).not.toBe(nonce(policies[1] ?? ''))
      const ran = await door.page.evaluate(() => {
        const script = document.createElement('script')
        script.textContent = 'window.injected = true'
        document.head.append(script)
        const button = document.createElement('button')
        button.setAttribute('onclick', 'window.injected = true')
        document.body.append(button)
        button.click()
        button.remove()
        return 'injected' in window
      })
      expect(ran).toBe(false)
    })

    test('11 and 12: no webview, neither as a tag nor attached', async () => {
      expect(await preferences()).toMatchObject({ webviewTag: false })
      expect(await refuses('will-attach-webview', '')).toBe(true)
    })

    test('13: a page goes nowhere else: by itself, in a frame, or led on', async () => {
      for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
        for (const url of ['https://evil.test/', 'file:///etc/passwd', 'app://report/1', 'data:text/html,x']) {
          expect([event, url, await refuses(event, url)]).toEqual([event, url, true])
        }
        expect(await refuses(event, 'app://workbench/')).toBe(false)
      }
    })

    test('14: a page opens no window, not even of ours', async () => {
      const windows = () => inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
      // A window that another check destroyed goes in its own time.
      await expect.poll(windows, { timeout: 5000 }).toBe(1)
      await door.page.evaluate(() => void window.open(location.href))
      await new Promise((resolve) => setTimeout(resolve, 300))
      // On the stand-in the browser has opened it by then, and closes what the desktop refuses.
      const pages = () =>
        door.page
          .context()
          .pages()
          .filter((page) => !page.isClosed()).length
      await expect.poll(pages, { timeout: 5000 }).toBe(1)
      expect(await windows()).toBe(1)
    })

    test('15: only listed addresses open outside, each after a question that shows it whole', async () => {
      await inMain(({ dialog, shell }) => {
        const told = Object.assign(globalThis, { asked: [] as string[], went: [] as string[], answer: 1 })
        dialog.showMessageBox = async (_window, options) => {
          told.asked.push((options as { readonly detail?: string }).detail ?? '')
          return { response: told.answer, checkboxChecked: false }
        }
        shell.openExternal = async (url) => void told.went.push(url)
      })
      const told = () =>
        inMain(() => {
          const { asked, went } = globalThis as unknown as { readonly asked: string[]; readonly went: string[] }
          return { asked, went }
        })
      const ask = async (url: string): Promise<void> => {
        await door.page.evaluate(
          (address) =>
            (window as unknown as { workbench: { openOutside: (url: string) => void } }).workbench.openOutside(address),
          url,
        )
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      for (const url of ['https://evil.test/', 'file:///etc/passwd', 'javascript:alert(1)', 'http://arxiv.org/'])
        await ask(url)
      expect(await told()).toEqual({ asked: [], went: [] })
      const paper = 'https://arxiv.org/abs/2509.01092'
      await ask(paper)
      expect(await told()).toEqual({ asked: [paper], went: [] })
      await inMain(() => void Object.assign(globalThis, { answer: 0 }))
      await ask(paper)
      expect(await told()).toEqual({ asked: [paper, paper], went: [paper] })
    })

    test('17: no message is believed but from the top frame of our page', async () => {
      const heard = await inMain(async ({ ipcMain, nativeTheme, app, shell }) => {
        const told = globalThis as unknown as { readonly asked: string[] }
        const before = told.asked.length
        const remembered: unknown[] = []
        const revealed: string[] = []
        shell.showItemInFolder = (path: string) => void revealed.push(path)
        app.addRecentDocument = (...paths: unknown[]) => void remembered.push(...paths)
        const frames = [
          null,
          { url: 'https://evil.test/', parent: null },
          { url: 'app://report/1', parent: null },
          { url: 'app://workbench.evil/', parent: null },
          { url: 'app://workbench/', parent: {} },
        ]
        const sent: Readonly<Record<string, unknown>> = {
          'open-outside': 'https://arxiv.org/',
          theme: 'dark',
          opened: ['/etc/passwd'],
          reveal: app.getPath('userData'),
        }
        for (const senderFrame of frames) {
          for (const channel of ipcMain.eventNames()) ipcMain.emit(channel, { senderFrame }, sent[String(channel)])
        }
        await new Promise((resolve) => setTimeout(resolve, 50))
        Reflect.deleteProperty(app, 'addRecentDocument')
        return { asked: told.asked.length - before, theme: nativeTheme.themeSource, remembered, revealed }
      })
      expect(heard).toEqual({ asked: 0, theme: 'system', remembered: [], revealed: [] })
    })

    test('18: the scheme answers from its folder alone, and knows no other host', async () => {
      const statuses = await door.page.evaluate(async () => {
        const read = async (path: string): Promise<number> => (await fetch(path)).status
        return [await read('/..%2f..%2fpackage.json'), await read('/assets/..%2f..%2findex.html'), await read('/%00')]
      })
      expect(statuses).toEqual([404, 404, 404])
      expect(await refuses('will-navigate', 'app://other/')).toBe(true)
    })

    test('20: the page gets named functions alone, and no event of Electron crosses', async () => {
      const exposed = await door.page.evaluate(() => {
        const api = (window as unknown as { workbench: Readonly<Record<string, unknown>> }).workbench
        return Object.fromEntries(Object.entries(api).map(([key, value]) => [key, typeof value]))
      })
      expect(exposed).toEqual({
        desktop: 'boolean',
        pathForFile: 'function',
        onMenu: 'function',
        onEngine: 'function',
        onHanded: 'function',
        noteOpened: 'function',
        setTheme: 'function',
        openOutside: 'function',
        reveal: 'function',
      })
      const given = door.page.evaluate(
        () =>
          new Promise<readonly unknown[]>((resolve) => {
            const api = window as unknown as { workbench: { onMenu: (heard: (...given: unknown[]) => void) => void } }
            api.workbench.onMenu((...all) => resolve(all))
          }),
      )
      await new Promise((resolve) => setTimeout(resolve, 200))
      door.menu?.('start')
      expect(await given).toEqual(['start'])
    })

    test('crash dumps stay on this machine', async () => {
      expect(await inMain(({ crashReporter }) => crashReporter.getUploadToServer())).toBe(false)
    })
  })
}

describe('in the sources', () => {
  const sources = globSync(['src/main/*.ts', 'src/main/desktop/*.ts'], { cwd: root }).map((file) => ({
    file: file.replaceAll('\\', '/'),
    text: readFileSync(join(root, file), 'utf8'),
  }))
  const filesWith = (pattern: RegExp): string[] =>
    sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file)

  test('5: devices are denied', () => {
    expect(filesWith(/setDevicePermissionHandler\(\(\) => false\)/)).toEqual(['src/main/scheme.ts'])
  })

  test('4: the sandbox is asked for before anything else could be opened', () => {
    const main = sources.find(({ file }) => file === 'src/main/index.ts')?.text ?? ''
    expect(main.indexOf('app.enableSandbox()')).toBeGreaterThan(0)
    expect(main.indexOf('app.enableSandbox()')).toBeLessThan(main.indexOf('app.whenReady()'))
  })

  test('17: one file listens to pages, and 15: one opens addresses', () => {
    expect(filesWith(/\bipcMain\b/)).toEqual(['src/main/desktop/ipc.ts'])
    expect(filesWith(/\bopenExternal\(/)).toEqual(['src/main/window.ts'])
  })

  test('18: no page is loaded from a file', () => {
    expect(filesWith(/loadFile\(|loadURL\(['"`]file:/)).toEqual([])
  })

  test('20: the preload asks Electron for three things and hands none of them on', async () => {
    const preload = await readFile(join(root, 'src/main/preload.ts'), 'utf8')
    expect(/import \{([^}]*)\} from 'electron'/.exec(preload)?.[1]?.trim()).toBe('contextBridge, ipcRenderer, webUtils')
    expect(preload).not.toMatch(/:\s*(ipcRenderer|webUtils|contextBridge)\b(?!\.)/)
  })
})

describe('16: the pinned Electron', () => {
  test('is one exact version, the one that is installed', async () => {
    const installed: { readonly version: string } = JSON.parse(
      await readFile(join(root, 'node_modules/electron/package.json'), 'utf8'),
    )
    expect(pinnedElectron()).toMatch(/^\d+\.\d+\.\d+$/)
    expect(installed.version).toBe(pinnedElectron())
  })

  test('is refused before packing once three majors have come after it', () => {
    const ends = supportEnds(Number(pinnedElectron().split('.')[0]))
    expect(supportEnds(45).toISOString().slice(0, 10)).toBe('2027-04-07')
    expect(() => refuseOldElectron(new Date(ends.getTime() - 1))).not.toThrow()
    expect(() => refuseOldElectron(ends)).toThrow(/supported no more since/)
    expect(() => supportEnds(20)).toThrow(/Write down/)
  })
})
