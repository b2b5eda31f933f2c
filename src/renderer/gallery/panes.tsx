/** Panes in their five states, and what stands in them: notes, progress, tables. */
import type { FaultData } from '../../shared/fault.ts'
import { Empty, Loading, Pane, Scroll } from '../parts/Pane.tsx'
import { FaultNote } from '../parts/FaultNote.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { idle, type Samples } from './sample.ts'

const fault: FaultData = {
  code: 'context-too-long',
  message: 'The input takes 2,311 positions, and the decoder reads 2,048.',
  remedy: 'Retrieve fewer passages, or take a larger k.',
}
const progress = {
  type: 'progress',
  stage: 'embed',
  done: 1200,
  total: 2743,
  unit: 'passages',
  perSecond: 412,
  secondsLeft: 4,
} as const

export const paneSamples: Samples = {
  Pane: [
    {
      state: 'empty',
      show: () => (
        <Pane title="Retrieve" className="gallery-wide">
          <Empty action={<button type="button">Run</button>}>Run the plan to retrieve passages.</Empty>
        </Pane>
      ),
    },
    {
      state: 'loading',
      show: () => (
        <Pane title="Decode" className="gallery-wide">
          <Loading label="Waiting for the first token" />
        </Pane>
      ),
    },
    {
      state: 'progress',
      show: () => (
        <Pane title="Index" className="gallery-wide">
          <ProgressBar title="Index atlas" progress={progress} cancelling={false} onCancel={idle} />
        </Pane>
      ),
    },
    {
      state: 'error',
      show: () => (
        <Pane title="Runs" className="gallery-wide">
          <FaultNote what="The run failed." fault={fault} onRetry={idle} onDismiss={idle} />
        </Pane>
      ),
    },
    {
      state: 'stale',
      show: () => (
        <Pane title="Answer" note="underline: probability of each token" stale className="gallery-wide">
          <p>River 741</p>
        </Pane>
      ),
    },
    {
      state: 'held over while the next run goes',
      show: () => (
        <Pane title="Answer" held aside={<small>cut at max tokens</small>} className="gallery-wide">
          <p>River 741</p>
        </Pane>
      ),
    },
  ],
  FaultNote: [
    { state: 'to be read', show: () => <FaultNote what="The run failed." fault={fault} /> },
    {
      state: 'with all that can be done',
      show: () => (
        <FaultNote
          what="Not all of the link could be opened."
          fault={fault}
          onRetry={idle}
          onDismiss={idle}
          actions={<button type="button">Look among the runs</button>}
        />
      ),
    },
  ],
  ProgressBar: [
    {
      state: 'starting',
      show: () => <Bar title="Index atlas" />,
    },
    {
      state: 'n of m',
      show: () => (
        <div className="gallery-wide">
          <ProgressBar title="Index atlas" progress={progress} cancelling={false} onCancel={idle} />
        </div>
      ),
    },
    {
      state: 'end unknown, can be paused',
      show: () => (
        <div className="gallery-wide">
          <ProgressBar
            title="Training mixed"
            progress={{ ...progress, stage: 'step', total: null, unit: 'steps', secondsLeft: null }}
            cancelling={false}
            cancelLabel="Pause"
            onCancel={idle}
            actions={<button type="button">Log</button>}
          />
        </div>
      ),
    },
    {
      state: 'cancelling',
      show: () => (
        <div className="gallery-wide">
          <ProgressBar title="Index atlas" progress={progress} cancelling onCancel={idle} />
        </div>
      ),
    },
  ],
  table: [
    {
      state: 'figures, one row chosen',
      show: () => (
        <Scroll className="gallery-wide">
          <table>
            <caption className="unseen">Tokens of the answer</caption>
            <thead>
              <tr>
                <th scope="col">token</th>
                <th scope="col">p</th>
                <th scope="col">log-prob</th>
              </tr>
            </thead>
            <tbody>
              {[
                ['River', '0.990', '−0.010'],
                ['␣741', '0.607', '−0.500'],
              ].map(([token, p, logProb], at) => (
                <tr key={token} data-selected={at === 1 || undefined}>
                  <th scope="row">
                    <code>{token}</code>
                  </th>
                  <td>{p}</td>
                  <td>{logProb}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      ),
    },
  ],
  notes: [
    {
      state: 'the settings changed',
      show: () => (
        <div className="run-line gallery-wide" data-stale>
          <span className="grow">
            Settings changed since this run: <strong>k, p</strong>
          </span>
          <button type="button">
            Run again <kbd>Ctrl+Enter</kbd>
          </button>
        </div>
      ),
    },
    {
      state: 'the engine is away',
      show: () => (
        <p className="engine-note gallery-wide">
          The engine stopped and is being started again. What is on the screen stays.
        </p>
      ),
    },
    {
      state: 'a window that only looks',
      show: () => (
        <p className="looks-note gallery-wide">
          <span>
            <strong>Read-only.</strong> Another window writes this session; what changes there is shown here.
          </span>
          <button type="button">New session</button>
        </p>
      ),
    },
  ],
}

function Bar({ title }: { readonly title: string }) {
  return (
    <div className="gallery-wide">
      <ProgressBar title={title} progress={null} cancelling={false} onCancel={idle} />
    </div>
  )
}
