/** Closing the window over work in hand: a question first, and no answer loses anything. */
import { app, dialog, type BrowserWindow } from 'electron'
import type { JobInfo } from '../../shared/jobList.ts'
import { sayClosing } from './jobs.ts'

/** The answers in the order of the buttons. */
const answers = ['keep', 'quit', 'stay'] as const
const labels: Readonly<Record<(typeof answers)[number], string>> = {
  keep: 'Keep working in background',
  quit: 'Pause and quit',
  stay: 'Cancel',
}

/**
 * Asks before `window` closes while there is `work` in hand. Kept working, the window lies minimised: it still carries the bar of its
 * work, and work that hangs on the page goes on. Refusing to close also ends a quit that is under way.
 */
export function askBeforeClosing(window: BrowserWindow, work: () => readonly JobInfo[]): void {
  let asking = false
  let answered = false
  window.on('close', (event) => {
    if (answered || work().length === 0) return
    event.preventDefault()
    if (asking) return
    asking = true
    void ask(window, work()).then((answer) => {
      asking = false
      if (answer === 'keep') window.minimize()
      if (answer !== 'quit') return
      answered = true
      app.quit()
    })
  })
}

async function ask(window: BrowserWindow, work: readonly JobInfo[]): Promise<(typeof answers)[number]> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    ...sayClosing(work),
    buttons: answers.map((answer) => labels[answer]),
    defaultId: answers.indexOf('keep'),
    cancelId: answers.indexOf('stay'),
    noLink: true,
  })
  return answers[response] ?? 'stay'
}
