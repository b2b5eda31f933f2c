/** Decoded text, each token underlined by its probability; arrows walk the tokens. */
import { memo, useRef, type FocusEvent, type KeyboardEvent, type MouseEvent } from 'react'
import type { Token } from '../../shared/run.ts'
import { formatProbability } from './format.ts'

/** The bands of probability, best first; each has its own line style, so that colour is not needed. */
export const bands = [
  { name: 'sure', from: 0.9, words: '0.9 and more' },
  { name: 'likely', from: 0.5, words: '0.5 to 0.9' },
  { name: 'unsure', from: 0.1, words: '0.1 to 0.5' },
  { name: 'guess', from: 0, words: 'under 0.1' },
] as const

/** The band of a natural-log probability. */
export function bandOf(logProb: number): (typeof bands)[number]['name'] {
  const probability = Math.exp(logProb)
  return (bands.find((band) => probability >= band.from) ?? bands[3]).name
}

export type AnswerTextProps = {
  readonly tokens: readonly Token[]
  readonly current: number | null
  /** Tokens that stay looked at. */
  readonly locked?: { readonly from: number; readonly to: number } | null
  readonly streaming: boolean
  readonly onPreview: (index: number | null) => void
  /** With Shift what is locked stretches to the token. */
  readonly onLock: (index: number | null, extend: boolean) => void
  /** The alternative of that rank, from 0, is to stand at a token instead. */
  readonly onTake?: (index: number, rank: number) => void
}

export function AnswerText({ tokens, current, locked = null, streaming, onPreview, onLock, onTake }: AnswerTextProps) {
  const stop = current !== null && current < tokens.length ? current : 0
  // A token takes the focus before it is told of the key or the click that stretches to it.
  const extending = useRef(false)
  const [low, high] = locked === null ? [0, -1] : [Math.min(locked.from, locked.to), Math.max(locked.from, locked.to)]
  function at(event: MouseEvent | FocusEvent): number | null {
    const text = event.target instanceof HTMLElement ? event.target.dataset['token'] : undefined
    return text === undefined ? null : Number(text)
  }
  function move(event: KeyboardEvent<HTMLElement>) {
    const { key, target, currentTarget } = event
    if (!(target instanceof HTMLElement) || target.dataset['token'] === undefined) return
    if (key === 'Escape') onLock(null, false)
    if (/^[1-9]$/.test(key) && onTake !== undefined && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault()
      onTake(Number(target.dataset['token']), Number(key) - 1)
      return
    }
    const ends: Readonly<Record<string, number>> = { Home: 0, End: tokens.length - 1 }
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 }
    const step = steps[key]
    const to = step === undefined ? ends[key] : Number(target.dataset['token']) + step
    if (to === undefined) return
    event.preventDefault()
    extending.current = event.shiftKey
    currentTarget.querySelector<HTMLElement>(`[data-token="${to}"]`)?.focus()
    extending.current = false
  }
  return (
    <div
      className="answer"
      role="toolbar"
      aria-label="Tokens of the answer"
      tabIndex={-1}
      onMouseOver={(event) => onPreview(at(event))}
      onMouseLeave={() => onPreview(null)}
      onPointerDown={(event) => (extending.current = event.shiftKey)}
      onFocus={(event) => onLock(at(event), extending.current)}
      onClick={(event) => {
        onLock(at(event), event.shiftKey)
        extending.current = false
      }}
      onKeyDown={move}
    >
      {tokens.map((token, index) => (
        <TokenMark
          key={index}
          token={token}
          index={index}
          stop={index === stop}
          current={index === current}
          held={low <= index && index <= high}
        />
      ))}
      {streaming && <span className="caret" />}
    </div>
  )
}

const TokenMark = memo(function TokenMark(props: {
  readonly token: Token
  readonly index: number
  readonly stop: boolean
  readonly current: boolean
  readonly held: boolean
}) {
  const { token, index, stop, current, held } = props
  return (
    // A real button would be an atomic box, and the text could not break as text does.
    <span
      role="button"
      className={`token${token.logProb === null ? '' : ` token-${bandOf(token.logProb)}`}${special.test(token.text) ? ' token-special' : ''}`}
      data-token={index}
      tabIndex={stop ? 0 : -1}
      aria-current={current || undefined}
      data-held={held || undefined}
      data-given={token.given || undefined}
      aria-label={`${visible(token.text)}, probability ${token.logProb === null ? 'not told' : formatProbability(token.logProb)}${token.given ? ', given' : ''}`}
    >
      {(index === 0 ? token.text.trimStart() : token.text).replaceAll('\n', '↵\n')}
    </span>
  )
})

/** Tokens that mark rather than say, such as the end of the answer. */
const special = /^<\|.*\|>$/

/** Token text with its white space made visible. */
export function visible(text: string): string {
  if (text === '') return '∅'
  return text.replaceAll(' ', '␣').replaceAll('\n', '↵').replaceAll('\t', '⇥')
}
