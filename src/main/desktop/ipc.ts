/** Messages of pages to the main process; no other file listens to `ipcMain`. */
import { ipcMain, type WebFrameMain } from 'electron'
import { isOwnFrame } from '../guard.ts'

/** Hears `channel` from the top frame of our own page; from anywhere else nothing is heard. */
export function onPage(channel: string, handler: (...args: readonly unknown[]) => void): void {
  ipcMain.on(channel, (event, ...args: readonly unknown[]) => {
    if (isTrusted(event.senderFrame)) handler(...args)
  })
}

function isTrusted(frame: WebFrameMain | null): boolean {
  return isOwnFrame(frame === null ? null : { url: frame.url, isTop: frame.parent === null })
}
