/** Whether the desktop can open here: the display, Electron's binary, and a bounded try to fetch it. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './checks.ts'

export type Electron = { readonly path: string } | { readonly why: string }

const probeMs = 3000
const fetchMs = 180_000
const source = process.env['ELECTRON_MIRROR'] ?? 'https://github.com/electron/electron/releases/'

/** Electron's binary, fetched when it can be, else why not in a few words. Never waits longer than the limits above. */
export async function findElectron(): Promise<Electron> {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    return { why: 'there is no display' }
  }
  if (process.platform === 'linux' && process.getuid?.() === 0)
    return { why: "Electron's sandbox does not run as root" }
  const here = binary()
  if (here !== null) return { path: here }
  if (!existsSync(join(root, 'node_modules/electron/install.js')))
    return { why: 'the electron package is not installed' }
  const host = new URL(source).host
  if (!(await answers())) return { why: `Electron's binary is not here and ${host} cannot be reached to fetch it` }
  console.log(`fetching Electron's binary from ${host} (about 120 MB, once) …`)
  const { ELECTRON_SKIP_BINARY_DOWNLOAD: _, ...env } = process.env
  const done = spawnSync(process.execPath, [join(root, 'node_modules/electron/install.js')], {
    cwd: root,
    env,
    encoding: 'utf8',
    timeout: fetchMs,
  })
  const fetched = binary()
  if (fetched !== null) return { path: fetched }
  const reason = done.error?.message ?? done.stderr.trim().split('\n').at(-1) ?? 'no reason given'
  return { why: `Electron's binary could not be fetched (${reason.slice(0, 120)})` }
}

function binary(): string | null {
  const folder = join(root, 'node_modules/electron')
  const named = join(folder, 'path.txt')
  if (!existsSync(named)) return null
  const path = join(folder, 'dist', readFileSync(named, 'utf8').trim())
  return existsSync(path) ? path : null
}

async function answers(): Promise<boolean> {
  try {
    const response = await fetch(source, { method: 'HEAD', signal: AbortSignal.timeout(probeMs) })
    return response.status < 500
  } catch {
    return false
  }
}
