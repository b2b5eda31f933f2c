/** What if: every flip of the shown run, the best set of them, their Shapley values, and what each chunk contributes. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { Choice } from '../../parts/Choice.tsx'
import { Empty, Pane } from '../../parts/Pane.tsx'
import { Segments } from '../../parts/Segments.tsx'
import { formatScore } from '../../parts/format.ts'
import { ask } from '../../state/ask.ts'
import { contribution } from '../../state/contribution.ts'
import { setTarget, whatIf } from '../../state/whatIf.ts'
import { BestFace } from './BestFace.tsx'
import { ContributionFace } from './ContributionFace.tsx'
import { FlipsFace } from './FlipsFace.tsx'
import { ShapleyFace } from './ShapleyFace.tsx'
import { targetName } from './WhatIfGroup.tsx'

const faces = {
  flips: { label: 'Flips', Face: FlipsFace },
  best: { label: 'Best set', Face: BestFace },
  shapley: { label: 'Shapley', Face: ShapleyFace },
  contribution: { label: 'Contribution', Face: ContributionFace },
} as const
type FaceName = keyof typeof faces
const options = (Object.keys(faces) as FaceName[]).map((value) => ({ value, label: faces[value].label }))

export function WhatIf() {
  const [face, setFace] = useState<FaceName>('flips')
  const run = useStore(ask, (state) => state.shown?.run ?? null)
  const of = useStore(face === 'contribution' ? contribution : whatIf, (state) => state.run)
  const { Face } = faces[face]
  return (
    <Pane
      title="What if"
      className="what-if"
      stale={of !== null && of !== run?.id}
      note={<Note face={face} stale={of !== null && of !== run?.id} />}
      aside={
        <>
          {face !== 'contribution' && <TargetChoice />}
          <Segments label="What-if" value={face} options={options} onChange={setFace} />
        </>
      }
    >
      {run === null && of === null ? (
        <Empty>Run the plan, then ask what flipping its chunks would change.</Empty>
      ) : run?.manifest.decoder !== undefined ? (
        <Empty>
          This run was decoded elsewhere. What-if scores fixed tokens, which needs the decoder of the run here: run the
          plan with the bundle’s own decoder.
        </Empty>
      ) : (
        <Face />
      )}
    </Pane>
  )
}

function Note({ face, stale }: { readonly face: FaceName; readonly stale: boolean }) {
  const base = useStore(whatIf, (state) => state.base)
  const answered = useStore(contribution, (state) => state.base)
  if (stale) return 'of an earlier run; compute again for the one shown'
  if (face === 'contribution')
    return answered === null
      ? 'to the run’s answer'
      : `to the run’s answer, NLL ${formatScore(answered.nll)} nats/token`
  if (base === null) return 'one run, a fixed target, all other decisions as they are'
  return `NLL of the ${targetName(base)} ${formatScore(base.nll)} nats/token, ${base.tokens} tokens, ${base.positions} positions`
}

/** What is measured: there is no gold answer where the plan has none. */
function TargetChoice() {
  const gold = useStore(ask, (state) => (state.shown?.run?.plan.target ?? '') !== '')
  const target = useStore(whatIf, (state) => state.target ?? state.base?.target ?? null)
  if (!gold) return <small>target: the run’s answer</small>
  return (
    <Choice
      label="target"
      value={target ?? 'gold'}
      options={[
        ['gold', 'gold answer'],
        ['answer', 'run’s answer'],
      ]}
      onChange={setTarget}
    />
  )
}
