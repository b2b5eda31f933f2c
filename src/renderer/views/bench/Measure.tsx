/** Measure: where the time to the first token went, what each further token cost, how good the answer is. */
import { useStore } from 'zustand'
import { isBranch } from '../../../shared/plan.ts'
import type { Run } from '../../../shared/run.ts'
import { Facts } from '../../parts/Facts.tsx'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { Waterfall, type Phase } from '../../parts/Waterfall.tsx'
import { formatCount, formatMs, formatScore, plural } from '../../parts/format.ts'
import { ask } from '../../state/ask.ts'
import { decoderFacts, wirePhases } from '../remote/facts.ts'
import { useStale } from './RunLine.tsx'

export function Measure() {
  const shown = useStore(ask, (state) => state.shown)
  const running = useStore(ask, (state) => state.phase === 'running')
  const before = useStore(ask, (state) => state.before)
  const stale = useStale().length > 0
  // The figures of the run before stay in sight until the new ones are whole.
  const run = shown?.run ?? (running ? before : null)
  return (
    <Pane
      title="Time to first token"
      note={run === null ? undefined : `one run, ${run.manifest.device}, ${run.manifest.threads} threads`}
      stale={stale}
      held={running && shown?.run === null}
    >
      {run === null && running && <Loading label="Measuring" lines={5} />}
      {run === null && !running && <Empty>Run the plan to see where the time to the first token goes.</Empty>}
      {run !== null && <Figures run={run} />}
    </Pane>
  )
}

function Figures({ run }: { readonly run: Run }) {
  const { timings, counts, quality } = run
  return (
    <>
      <Waterfall phases={phasesOf(run)} total="TTFT" totalMs={timings.ttftMs} />
      <Facts
        facts={[
          [
            'TTIT, each token after the first',
            timings.ttitMs === null
              ? timings.tokensPerSecond === null
                ? '— nobody counted the tokens'
                : '— one token only'
              : formatMs(timings.ttitMs),
          ],
          [
            'throughput, TTFT included',
            timings.tokensPerSecond === null
              ? '— nobody counted the tokens'
              : `${timings.tokensPerSecond.toFixed(1)} tokens/s`,
          ],
          ['context tokens a position', counts.rate.toFixed(2)],
          [
            'log-perplexity of the gold answer ↓',
            quality.logPerplexity === null ? `— ${whyNone(run)}` : `${formatScore(quality.logPerplexity)} nats`,
          ],
          ...(isBranch(run.plan)
            ? [['the answer is a branch', plural(givenIn(run), 'token') + ' given'] as const]
            : []),
          ['exact match', quality.exactMatch === null ? '—' : quality.exactMatch ? 'yes' : 'no'],
          ...decoderFacts(run),
          ['F1 ↑', quality.f1 === null ? '—' : formatScore(quality.f1)],
        ]}
      />
    </>
  )
}

const givenIn = ({ tokens }: Run): number => tokens.filter(({ given }) => given).length

/** Why there is no log-perplexity. */
function whyNone({ plan, manifest }: Run): string {
  return plan.target === undefined || manifest.decoder === undefined ? 'no gold answer' : 'needs the decoder here'
}

function phasesOf({ timings, counts }: Run): readonly Phase[] {
  const fresh = counts.chunks - counts.cachedChunks
  return [
    { name: 'retrieve', ms: timings.retrieveMs },
    { name: 'tokenize', ms: timings.tokenizeMs },
    { name: 'compress', note: fresh === 0 ? 'all cached' : `${formatCount(fresh)} fresh`, ms: timings.compressMs },
    { name: 'sense', ms: timings.senseMs },
    { name: 'lay out', ms: timings.layoutMs },
    ...wirePhases(timings),
    {
      name: timings.connectMs === undefined ? 'prefill' : 'wait for the server',
      note: plural(counts.positions - counts.reusedPositions, 'position'),
      ms: timings.prefillMs,
    },
    { name: 'first sample', ms: timings.sampleMs },
    { name: 'other', ms: timings.otherMs },
  ]
}
