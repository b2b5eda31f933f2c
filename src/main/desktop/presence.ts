/** Work in hand as the system shows it: a bar in the dock or taskbar, no sleep while it runs, a notification when it ends unseen. */
import { Notification, powerSaveBlocker, type BrowserWindow } from 'electron'
import type { JobNotice } from '../../shared/job.ts'
import { barOf, sayEnd, tallyAfter, type Tally } from './jobs.ts'

export type Presence = {
  readonly hear: (notice: JobNotice) => void
  /** The engine is gone, and the work in hand with it. */
  readonly lose: () => void
  readonly tally: () => Tally
}

/** `window` is the window of the moment; `show` brings it before the user, and opens one where there is none. */
export function openPresence(window: () => BrowserWindow | null, show: () => void): Presence {
  let tally: Tally = new Map()
  let blocker: number | null = null
  // A notification that nothing refers to may be collected before it is clicked.
  const shown = new Set<Notification>()

  function hear(notice: JobNotice): void {
    tally = tallyAfter(tally, notice)
    window()?.setProgressBar(barOf(tally))
    if (tally.size > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension')
    else if (blocker !== null) {
      powerSaveBlocker.stop(blocker)
      blocker = null
    }
    const said = sayEnd(notice)
    if (said !== null && window()?.isFocused() !== true) notify(said)
  }

  function notify(said: { readonly title: string; readonly body: string }): void {
    window()?.flashFrame(true)
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
      for (const job of tally.values()) hear({ ...job, state: 'failed' })
    },
    tally: () => tally,
  }
}
