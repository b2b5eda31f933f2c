/** What the system hands to the desktop, opened on the page. A link shows kept things and never runs anything. */
import type { DeepLink } from '../../shared/deepLink.ts'
import { remedies, type FaultCode } from '../../shared/fault.ts'
import type { Handed } from '../../shared/handed.ts'
import { faultOf, link, watchHanded } from '../link.ts'
import { baseName } from '../parts/format.ts'
import { ask, openRun } from './ask.ts'
import { indexPaths } from './corpus.ts'
import { fileFault } from './engine.ts'
import { openDialog, say, selectChunk, showScreen, type ScreenName } from './view.ts'

/** The screens that a link may name; the record makes the compiler ask for each. */
const known: Readonly<Record<ScreenName, true>> = { start: true, bench: true, train: true, sweep: true, runs: true }

/** Opens what is handed over from now on; returns the way to stop. */
export function startHanded(): () => void {
  return watchHanded((handed) => void openHanded(handed))
}

/** Opens one thing; what cannot be opened is filed among the errors, which are shown. */
export async function openHanded(handed: Handed): Promise<void> {
  switch (handed.type) {
    case 'link':
      return openLink(handed.link)
    case 'documents':
      showScreen('start')
      return indexPaths(handed.paths)
    case 'session':
      return refuse(
        `open ${baseName(handed.path)}`,
        'unsupported-format',
        `${handed.path}: this version opens no session files.`,
        'Open the documents that it was made of.',
      )
    case 'refused':
      return refuse('open a link', 'bad-input', `This is no link of the workbench: ${handed.text}`)
  }
}

/** Shows what a link names: a kept run first, then the screen and the chunk. Words that this page does not know are left out. */
export async function openLink({ screen, run, chunks }: DeepLink): Promise<void> {
  if (run !== undefined) {
    try {
      openRun(await link().runs.open({ id: run }))
    } catch (error) {
      const { code, message, remedy } = faultOf(error)
      return refuse('open a link', code, message, remedy)
    }
  }
  const wanted = screen !== undefined && isScreen(screen) ? screen : run === undefined ? null : 'bench'
  if (wanted !== null) showScreen(wanted)
  const first = chunks?.[0]
  if (first !== undefined && first < (ask.getState().shown?.chunks.length ?? 0)) selectChunk(first)
  say('The link is open.')
}

function isScreen(name: string): name is ScreenName {
  return Object.hasOwn(known, name)
}

function refuse(work: string, code: FaultCode, message: string, remedy: string = remedies[code]): void {
  fileFault(work, { code, message, remedy })
  openDialog('errors')
}
