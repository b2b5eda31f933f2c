/** Numbers and names as a person reads them; every unit in one place. */

/** Milliseconds with three significant digits, or seconds from one second on. */
export function formatMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`
  return `${ms >= 100 ? ms.toFixed(0) : ms.toFixed(1)} ms`
}

/** A raw score: enough digits to tell neighbours apart, a true minus sign. */
export function formatScore(value: number): string {
  const size = Math.abs(value)
  if (size > 0 && size < 1e-4) return value.toExponential(1).replaceAll('-', '−')
  const digits = size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.01 || size === 0 ? 3 : 5
  return value.toFixed(digits).replace('-', '−')
}

/** A raw difference with its sign. */
export function formatSigned(value: number): string {
  return value > 0 ? `+${formatScore(value)}` : formatScore(value)
}

/** A difference in nats with its sign: what the KV cache spares moves the fifth digit, so four are told. */
export function formatNats(value: number): string {
  const told = value.toFixed(4)
  return Number(told) > 0 ? `+${told}` : Number(told) === 0 ? '0.0000' : told.replace('-', '−')
}

/** A difference of times with its sign. */
export function formatSignedMs(ms: number): string {
  return `${ms > 0 ? '+' : ms < 0 ? '−' : ''}${formatMs(Math.abs(ms))}`
}

/** A whole difference with its sign. */
export function formatSignedCount(value: number): string {
  return `${value > 0 ? '+' : ''}${formatCount(value).replace('-', '−')}`
}

/** A whole number with thousands separators. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US')
}

/** A count of parameters: three digits and its thousands. */
export function formatLarge(count: number): string {
  const units = ['', ' k', ' M', ' B', ' T']
  const at = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3))
  const value = count / 1000 ** at
  return `${at === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2)}${units[at] ?? ''}`
}

/** Bytes in the largest fitting decimal unit. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const at = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const value = bytes / 1000 ** at
  return `${value >= 100 || at === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[at] ?? 'B'}`
}

/** A probability between 0 and 1 from its natural logarithm. */
export function formatProbability(logProb: number): string {
  const probability = Math.exp(logProb)
  if (probability > 0.9995) return '1.000'
  return probability < 0.0005 ? probability.toExponential(0).replace('-', '−') : probability.toFixed(3)
}

/** The same where it may not be known. */
export function sayProbability(logProb: number | null): string {
  return logProb === null ? '—' : formatProbability(logProb)
}

export function sayScore(value: number | null): string {
  return value === null ? '—' : formatScore(value)
}

/** Time left, in words that do not pretend to precision. */
export function formatLeft(seconds: number): string {
  if (seconds < 1) return 'under a second left'
  if (seconds < 90) return `${Math.round(seconds)} s left`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min left` : `${(seconds / 3600).toFixed(1)} h left`
}

/** How many in a second, or in a minute where that is few. */
export function formatRate(perSecond: number): string {
  const [rate, unit] = perSecond >= 1 ? [perSecond, 'second'] : [60 * perSecond, 'minute']
  return `${formatCount(Math.round(rate * 10) / 10)} a ${unit}`
}

/** How long something will take, in words that do not pretend to precision. */
export function formatSpan(seconds: number): string {
  return seconds < 1 ? 'under a second' : `about ${formatLeft(seconds).replace(' left', '')}`
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path
}

/** A count with its noun: `1 chunk`, `2 chunks`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${count === 1 ? noun : `${noun}s`}`
}

/** Where a text stands in its source: `atlas.txt, line 4`, `atlas.pdf, page 3, lines 4 to 6`. */
export function formatSource(span: {
  readonly file: string
  readonly lineFrom: number
  readonly lineTo: number
  readonly part?: { readonly unit: string; readonly number: number } | undefined
}): string {
  const lines = span.lineFrom === span.lineTo ? `line ${span.lineFrom}` : `lines ${span.lineFrom} to ${span.lineTo}`
  const part = span.part === undefined ? [] : [`${span.part.unit} ${span.part.number}`]
  return [baseName(span.file), ...part, lines].join(', ')
}

/** The arrow that says which direction of a metric is better. */
export function arrow(better: 'higher' | 'lower'): string {
  return better === 'higher' ? '↑' : '↓'
}

/** How many chunks a fraction expands: T' = floor(pL), with p = 0.29 of 100 giving 29 as on paper. */
export function budgetOf(p: number, chunks: number): number {
  return Math.floor(p * chunks + 1e-9)
}
