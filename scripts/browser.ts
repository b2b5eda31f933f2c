/** Which browser the page tests drive: an installed Chrome, Edge or Chromium, else the one in a dev package, else none. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export type Browser = { readonly path: string; readonly args: readonly string[]; readonly from: string }

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']

const places: Readonly<Record<string, readonly string[]>> = {
  linux: ['/usr/bin', '/usr/local/bin', '/snap/bin'].flatMap((folder) => names.map((name) => join(folder, name))),
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [process.env['ProgramFiles'], process.env['ProgramFiles(x86)'], process.env['LOCALAPPDATA']]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]),
}

/** The browser to drive, or null where this machine has none. `REFRAG_BROWSER` names another. */
export async function findBrowser(): Promise<Browser | null> {
  const named = process.env['REFRAG_BROWSER']
  if (named !== undefined) return existsSync(named) ? { path: named, args: quiet, from: 'REFRAG_BROWSER' } : null
  const installed = places[process.platform]?.find((path) => existsSync(path))
  if (installed !== undefined) return { path: installed, args: quiet, from: 'installed' }
  if (process.platform !== 'linux' || process.arch !== 'x64') return null
  try {
    const { default: packed } = await import('@sparticuz/chromium')
    return {
      path: await packed.executablePath(),
      args: [...new Set([...packed.args, ...quiet])],
      from: '@sparticuz/chromium',
    }
  } catch {
    return null
  }
}
