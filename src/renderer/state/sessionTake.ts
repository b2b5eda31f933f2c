/** A session put on the page as the engine has it: its plan, its marks, its view and its run. */
import { faultOf, link } from '../link.ts'
import type { Session, SessionView } from '../../shared/session.ts'
import { arrived } from './arriving.ts'
import { ask, closeRun, openRun } from './ask.ts'
import { colourings, setColourBy, type ColourBy } from './colourBy.ts'
import { noteFault } from './engine.ts'
import { keep } from './memory.ts'
import { replacePlan } from './plan.ts'
import { engineHas, settle, viewIsKept } from './sessionKeep.ts'
import { noSession, session } from './sessionNow.ts'
import { screenNames, stages, view } from './view.ts'

/** How the page was come to: by an address that names something, and whether for the first time. */
export const arrival = { named: location.hash.length > 1, again: history.state !== null }

/** Puts a session on the page; `looks` takes its view too. */
export function take(found: Session, looks: boolean): void {
  const other = session.getState().id !== found.id
  // A page that was loaded again shows the run that its address names.
  const linked = other && !looks && arrival.named && /[#&]run=/.test(location.hash)
  const { id, name, changed: savedAt, snapshots, runs, comparisons, notes } = found
  const own = { id, name, savedAt, snapshots, runs, comparisons, notes, saving: 'saved' } as const
  settle(() => {
    if (other && !linked) closeRun()
    replacePlan(found.history)
    session.setState(other ? { ...noSession, ...own } : own)
    if (looks) look(found.view)
    keep('session', id)
    engineHas(found)
  })
  if (!linked && found.view.run !== null && ask.getState().shown?.run?.id !== found.view.run)
    void showRun(id, found.view.run).finally(arrived)
  else if (!linked) arrived()
}

function look({ screen, stage, colorBy }: SessionView): void {
  const known = screenNames.find((each) => each === screen)
  const at = stages.find((each) => each === stage)
  view.setState({ ...(known === undefined ? {} : { screen: known }), ...(at === undefined ? {} : { stage: at }) })
  if (Object.hasOwn(colourings, colorBy)) setColourBy(colorBy as ColourBy)
}

/** Shows the session's run, unless something was run meanwhile; one that was deleted leaves the bench empty. */
async function showRun(id: string, run: string): Promise<void> {
  const stood = ask.getState().shown
  try {
    const found = await link().runs.open({ id: run })
    if (session.getState().id !== id || ask.getState().shown !== stood) return
    settle(() => openRun(found, false))
    viewIsKept()
  } catch (error) {
    if (faultOf(error).code !== 'run-missing') noteFault('open the run of the session', error)
  }
}
