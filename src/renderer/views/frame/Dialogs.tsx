/** The two dialogs of the frame: keyboard shortcuts, and the errors met so far. */
import { useEffect, useRef, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { Icon } from '../../parts/Icon.tsx'
import { engine } from '../../state/engine.ts'
import { openDialog, view } from '../../state/view.ts'

const shortcuts: readonly {
  readonly scope: string
  readonly keys: readonly (readonly [keys: string, action: string])[]
}[] = [
  {
    scope: 'Everywhere',
    keys: [
      ['Ctrl+Enter', 'Run the plan, or begin the training or sweep'],
      ['Esc Esc', 'Cancel what runs'],
      ['Ctrl+Z', 'Undo'],
      ['Ctrl+Shift+Z', 'Redo'],
      ['Ctrl+1 to Ctrl+6', 'Start, Bench, Train, Sweep, Runs, Compare'],
      ['Ctrl+D', 'Clone the plan to the next column of Compare'],
      ['Ctrl+O', 'Open files'],
      ['Ctrl+I', 'Show or hide the inspector'],
      ['?', 'This list'],
    ],
  },
  {
    scope: 'Bench',
    keys: [
      ['] and [', 'Next and previous stage'],
      ['Alt+↑, Alt+↓', 'Earlier and later question'],
    ],
  },
  {
    scope: 'Train',
    keys: [['Ctrl+Shift+Enter', 'Dry run: time the training that is set up']],
  },
  {
    scope: 'Sweep',
    keys: [
      ['Ctrl+Shift+Enter', 'Estimate: time a few asks of the sweep that is set up'],
      ['Arrows', 'Move over a heat map'],
      ['Space', 'Show what a cell came to'],
      ['Enter', 'Take its plan to the bench'],
    ],
  },
  {
    scope: 'Runs',
    keys: [
      ['J and K', 'Next and previous run; the details follow'],
      ['Space, S', 'Choose; star'],
      ['Enter, B', 'Details; open on the bench'],
      ['Del, /', 'Delete what is chosen; filter'],
    ],
  },
  {
    scope: 'Compare',
    keys: [
      ['Ctrl+Enter', 'Run the plans that have no run yet'],
      ['Ctrl+Shift+Enter', 'Time the plans in turn'],
      ['Ctrl+Shift+X', 'Exchange A and B'],
      ['Arrows, Space', 'Walk the decisions; flip a chunk by hand in its plan'],
      ['1, 2, 0', 'Blind vote: the first, the second, a tie'],
    ],
  },
  {
    scope: 'Chunks',
    keys: [
      ['← →', 'Move along the strip'],
      ['↑ ↓', 'Move a passage back or on'],
      ['Space or click', 'Flip by hand; the third press follows the policy again'],
      ['E', 'Force: expand'],
      ['C', 'Force: compress'],
      ['X', 'Back to the policy'],
      ['Enter', 'Details in the inspector'],
    ],
  },
]

export function Dialogs() {
  const dialog = useStore(view, (state) => state.dialog)
  if (dialog === 'shortcuts') return <Shortcuts />
  return dialog === 'errors' ? <Errors /> : null
}

function Shortcuts() {
  return (
    <Modal title="Keyboard shortcuts">
      <div className="shortcuts">
        {shortcuts.map(({ scope, keys }) => (
          <section key={scope} aria-label={scope}>
            <h3>{scope}</h3>
            <dl>
              {keys.map(([key, action]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{action}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}

function Errors() {
  const seen = useStore(engine, (state) => state.seen)
  return (
    <Modal title="Errors since this page was opened">
      {seen.length === 0 ? (
        <p className="quiet">None.</p>
      ) : (
        <ol className="errors">
          {seen.toReversed().map(({ time, work, fault }) => (
            <li key={time + work}>
              <p>
                <time className="quiet" dateTime={time}>
                  {new Date(time).toLocaleTimeString()}
                </time>{' '}
                could not {work} <code>{fault.code}</code>
              </p>
              <p>{fault.message}</p>
              <p className="quiet">{fault.remedy}</p>
            </li>
          ))}
        </ol>
      )}
    </Modal>
  )
}

function Modal({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} aria-label={title} onClose={() => openDialog(null)}>
      <div className="dialog-head">
        <h2>{title}</h2>
        <button type="button" className="plain" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      {children}
    </dialog>
  )
}
