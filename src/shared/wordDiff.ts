/** What two texts say alike, by word: a longest common subsequence. */

/** A stretch of both texts: `same` may differ in white space alone; `removed` stands in a only, `added` in b only. */
export type DiffSpan = { readonly kind: 'same' | 'removed' | 'added'; readonly a: string; readonly b: string }

/** A word with the white space before it, or one mark that is no word; each character of Chinese or Japanese is a word. */
const word =
  /\s*(?:[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}])[\p{L}\p{M}\p{N}_])+|[^\s])|\s+$/gu

/** The spans of two texts in order: all `a` joined is a, all `b` joined is b. Quadratic in words; answers have hundreds at most. */
export function diffWords(a: string, b: string): readonly DiffSpan[] {
  const [left, right] = [a.match(word) ?? [], b.match(word) ?? []]
  const width = right.length + 1
  // longest[i * width + j]: words that left from i and right from j have in common, in order.
  const longest = new Uint32Array((left.length + 1) * width)
  const alike = (i: number, j: number): boolean => left[i]?.trim() === right[j]?.trim()
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      longest[i * width + j] = alike(i, j)
        ? 1 + (longest[(i + 1) * width + j + 1] ?? 0)
        : Math.max(longest[(i + 1) * width + j] ?? 0, longest[i * width + j + 1] ?? 0)

  const spans: { kind: DiffSpan['kind']; a: string; b: string }[] = []
  const push = (kind: DiffSpan['kind'], from: string, to: string): void => {
    const last = spans.at(-1)
    if (last?.kind === kind) {
      last.a += from
      last.b += to
    } else spans.push({ kind, a: from, b: to })
  }
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && alike(i, j)) push('same', left[i++] ?? '', right[j++] ?? '')
    else if (
      (i < left.length && (longest[(i + 1) * width + j] ?? 0) >= (longest[i * width + j + 1] ?? 0)) ||
      j === right.length
    )
      push('removed', left[i++] ?? '', '')
    else push('added', '', right[j++] ?? '')
  }
  return spans
}
