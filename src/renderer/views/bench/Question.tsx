/** The question: grows with its text, walks its history with Alt+↑ and Alt+↓, offers the demo's own. */
import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useStore } from 'zustand'
import type { Question as Known } from '../../../shared/corpus.ts'
import { ask } from '../../state/ask.ts'
import { corpus } from '../../state/corpus.ts'
import { plan, setCase, setField, settle } from '../../state/plan.ts'
import { showScreen } from '../../state/view.ts'

export function Question() {
  const { question, target, index } = useStore(plan, (state) => state.present)
  const known = useStore(corpus, (state) => (state.demoIndex === index ? state.demoQuestions : none))
  const asked = useStore(ask, (state) => state.questions)
  const [at, setAt] = useState(-1)
  const area = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    const { current } = area
    if (current === null) return
    current.style.height = 'auto'
    current.style.height = `${current.scrollHeight}px`
  }, [question])
  function walk(event: KeyboardEvent) {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    const to = Math.max(0, Math.min(asked.length - 1, at + (event.key === 'ArrowUp' ? 1 : -1)))
    const text = asked[to]
    if (text === undefined) return
    setAt(to)
    setCase('Take an earlier question', { question: text, target: goldOf(known, text) })
  }
  return (
    <div className="question">
      <textarea
        ref={area}
        rows={1}
        aria-label="Question"
        aria-description="Alt and up or down walk through earlier questions"
        placeholder="Ask a question of the corpus"
        value={question}
        onChange={(event) => {
          setAt(-1)
          setField('question', event.target.value)
        }}
        onKeyDown={walk}
        onBlur={settle}
      />
      <div className="question-row">
        <label className="field gold">
          <span className="label">gold answer</span>
          <input
            type="text"
            placeholder="optional: measured against it"
            value={target}
            onChange={(event) => setField('target', event.target.value)}
            onBlur={settle}
          />
        </label>
        {known.length > 0 && (
          <label className="field">
            <span className="label">questions to try</span>
            <select
              value={known.findIndex((other) => other.question === question)}
              onChange={(event) => {
                const chosen = known[Number(event.target.value)]
                if (chosen !== undefined) setCase('Take a question', { question: chosen.question, target: chosen.answers[0] ?? '' })
              }}
            >
              <option value={-1} disabled>
                choose…
              </option>
              {known.map((other, position) => (
                <option key={other.id} value={position}>
                  {other.question}
                </option>
              ))}
            </select>
          </label>
        )}
        {index === '' && (
          <span className="field">
            <span className="quiet">No index is open.</span>
            <button type="button" onClick={() => showScreen('start')}>
              Choose an index
            </button>
          </span>
        )}
      </div>
    </div>
  )
}

const none: readonly Known[] = []

function goldOf(known: readonly Known[], question: string): string {
  return known.find((other) => other.question === question)?.answers[0] ?? ''
}
