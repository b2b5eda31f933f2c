/** Jobs as the system shows them: a bar in the dock or taskbar, no sleep while they run, a notification when one ends unseen. */
import { Notification, powerSaveBlocker, type BrowserWindow } from 'electron'
import { remedies } from '../../shared/fault.ts'
import type { JobInfo } from '../../shared/jobList.ts'
import { barOf, endedSince, inHand, sayEnd } from './jobs.ts'

export type Presence = {
  /** Takes every job of the engine, as the engine tells them at each change. */
  readonly hear: (jobs: readonly JobInfo[]) => void
  /** The engine is gone, and the work in hand with it. */
  readonly lose: () => void
  readonly inHand: () => readonly JobInfo[]
}

/** `window` is the window of the moment; `show` brings it before the user, and opens one where there is none. */
export function openPresence(window: () => BrowserWindow | null, show: () => void): Presence {
  let work: readonly JobInfo[] = []
  let blocker: number | null = null
  // A notification that nothing refers to may be collected before it is clicked.
  const shown = new Set<Notification>()

  function hear(jobs: readonly JobInfo[]): void {
    const ended = endedSince(work, jobs)
    work = inHand(jobs)
    window()?.setProgressBar(barOf(work))
    if (work.length > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension')
    else if (blocker !== null) {
      powerSaveBlocker.stop(blocker)
      blocker = null
    }
    if (window()?.isFocused() === true) return
    for (const said of ended.map(sayEnd)) if (said !== null) notify(said)
  }

  function notify(said: { readonly title: string; readonly body: string }): void {
    const flashing = window()
    flashing?.once('focus', () => flashing.flashFrame(false))
    flashing?.flashFrame(true)
    if (!Notification.isSupported()) return
    const notification = new Notification(said)
    shown.add(notification)
    notification.on('click', show)
    notification.on('close', () => shown.delete(notification))
    notification.show()
  }

  return {
    hear,
    lose: () => {
      const fault = { code: 'engine-gone', message: 'The engine stopped.', remedy: remedies['engine-gone'] }
      hear(work.map((job) => ({ ...job, state: 'failed', ended: new Date().toISOString(), fault })))
    },
    inHand: () => work,
  }
}
