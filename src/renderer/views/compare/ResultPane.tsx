/** A pane of what a comparison came to, in each of its states before there is one. */
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { ComparisonView } from '../../../shared/comparison.ts'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { comparisons } from '../../state/comparisons.ts'
import { useStale } from './standing.ts'

export type ResultPaneProps = {
  readonly title: string
  readonly note?: ReactNode
  readonly aside?: ReactNode
  readonly className?: string
  /** What will stand here, said while there is nothing. */
  readonly empty: string
  readonly children: (view: ComparisonView) => ReactNode
}

export function ResultPane({ title, note, aside, className, empty, children }: ResultPaneProps) {
  const { shown, running, reading } = useStore(comparisons)
  const stale = useStale()
  const busy = running !== null || reading
  return (
    <Pane
      title={title}
      note={shown === null ? undefined : note}
      aside={shown === null ? undefined : aside}
      stale={stale}
      held={stale && running !== null}
      {...(className === undefined ? {} : { className })}
    >
      {shown !== null && children(shown)}
      {shown === null && busy && <Loading label="Waiting for the runs" lines={2} />}
      {shown === null && !busy && <Empty>{empty}</Empty>}
    </Pane>
  )
}
