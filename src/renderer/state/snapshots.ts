/** Named snapshots of the plan: taken, gone back to as a step of undo, told apart, deleted. */
import { Plan } from '../../shared/plan.ts'
import { planRows, type PlanRow } from '../../shared/planDiff.ts'
import type { Snapshot } from '../../shared/session.ts'
import { link } from '../link.ts'
import { ask, openRun } from './ask.ts'
import { noteFault } from './engine.ts'
import { differences, plan, settle, takePlan, toPlan, type Draft } from './plan.ts'
import { mayWrite, session } from './sessionNow.ts'
import { say } from './view.ts'

/** A name that no snapshot has yet. */
export function nextName(): string {
  const names = new Set(session.getState().snapshots.map(({ name }) => name))
  for (let n = names.size + 1; ; n += 1) if (!names.has(`Snapshot ${n}`)) return `Snapshot ${n}`
}

/** Keeps the plan under a name, in place of a snapshot of that name, with the run that is shown where it is of this very plan. */
export function takeSnapshot(name: string): void {
  const trimmed = name.trim().slice(0, 120)
  if (trimmed === '' || !mayWrite()) return
  settle()
  const { present } = plan.getState()
  const { shown } = ask.getState()
  const fresh = shown !== null && differences(present, shown.plan).length === 0
  const snapshot = {
    id: `s${crypto.getRandomValues(new Uint32Array(2)).join('-')}`,
    name: trimmed,
    made: new Date().toISOString(),
    plan: structuredClone(present) as Snapshot['plan'],
    run: fresh ? (shown.run?.id ?? null) : null,
  }
  session.setState(({ snapshots }) => ({
    snapshots: [...snapshots.filter((each) => each.name !== trimmed), snapshot],
    removedSnapshot: null,
  }))
  say(`Snapshot “${trimmed}” is kept.`)
}

/** Takes the plan of a snapshot as one step, and shows its run where it has one. */
export async function goToSnapshot({ name, plan: kept, run }: Snapshot): Promise<void> {
  if (!mayWrite()) return
  settle()
  if (run === null) {
    takePlan(`Go to “${name}”`, kept)
    return say(`The plan is that of “${name}”.`)
  }
  try {
    const found = await link().runs.open({ id: run })
    // Nothing is shown while the plan changes: what is forced in it must not look like a toggle.
    ask.setState({ shown: null })
    takePlan(`Go to “${name}”`, kept)
    openRun(found, false)
  } catch (error) {
    noteFault('open the run of the snapshot', error)
    takePlan(`Go to “${name}”`, kept)
  }
  say(`The plan is that of “${name}”.`)
}

export function deleteSnapshot({ id }: Snapshot): void {
  if (!mayWrite()) return
  session.setState(({ snapshots }) => ({
    snapshots: snapshots.filter((each) => each.id !== id),
    removedSnapshot: snapshots.find((each) => each.id === id) ?? null,
  }))
  say('The snapshot is deleted. It can be undone.')
}

/** Brings back the snapshot that was deleted last. */
export function restoreSnapshot(): void {
  if (!mayWrite()) return
  session.setState(({ snapshots, removedSnapshot }) => ({
    snapshots:
      removedSnapshot === null
        ? snapshots
        : [...snapshots, removedSnapshot].toSorted((a, b) => a.made.localeCompare(b.made)),
    removedSnapshot: null,
  }))
}

/** The settings in which two plans differ, in words. */
export function differing(a: Draft, b: Draft): readonly PlanRow[] {
  const plans = [a, b].map((draft) => Plan.parse(toPlan(draft)))
  return planRows(plans).filter(({ differs }) => differs)
}
