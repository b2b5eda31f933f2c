/** What the system hands over while the desktop runs or starts: files, links, and the command lines of later instances. */
import { app } from 'electron'
import { existsSync } from 'node:fs'
import { linkScheme } from '../../shared/deepLink.ts'
import type { Handed } from '../../shared/handed.ts'
import { handedBy, handLink, handPaths } from './handed.ts'

/**
 * Takes the single-instance lock, and hands on to `open` what this and later instances were given. False where another instance
 * has the lock: it has been handed our command line, and this process should end.
 */
export function listenForHanded(open: (handed: readonly Handed[]) => void): boolean {
  // Both may come before the app is ready, on macOS.
  app.on('open-file', (event, path) => {
    event.preventDefault()
    open(handPaths([path]))
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    open([handLink(url)])
  })
  app.on('second-instance', (_event, _argv, cwd, data) => open(handedBy(argvOf(data), cwd, existsSync)))
  // Chromium reorders and adds to the command line that the event gives: ours goes along as it was.
  const argv = process.argv.slice(app.isPackaged ? 1 : 2)
  if (!app.requestSingleInstanceLock({ argv })) return false
  // In development the registered command would be Electron's own, without our script.
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme)
  open(handedBy(argv, process.cwd(), existsSync))
  return true
}

/** Puts opened files on the system's list of recent documents; Linux has none. */
export function remember(paths: readonly string[]): void {
  for (const path of paths) app.addRecentDocument(path)
}

function argvOf(data: unknown): readonly string[] {
  if (typeof data !== 'object' || data === null || !('argv' in data) || !Array.isArray(data.argv)) return []
  return data.argv.filter((text) => typeof text === 'string')
}
