/** How good an answer or a ranking is: the measures of question answering and of retrieval. */

/**
 * An answer in the form in which answers are compared: lower case, without punctuation and English articles, single
 * spaces.
 *
 * As in the evaluation script of SQuAD, but punctuation is Unicode's, as in its multilingual successors.
 */
export function normalizeAnswer(answer: string): string {
  return answer
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\p{P}$+<=>^`|~]/gu, '')
    .replaceAll(/(?<![\p{L}\p{M}\p{N}_])(?:a|an|the)(?![\p{L}\p{M}\p{N}_])/gu, ' ')
    .split(/\s+/u)
    .filter((word) => word !== '')
    .join(' ')
}

/** Whether the answer equals one of the gold answers once normalized. */
export function exactMatch(answer: string, golds: readonly string[]): boolean {
  const given = normalizeAnswer(answer)
  return golds.some((gold) => normalizeAnswer(gold) === given)
}

/** What an answer came to: where it is no answer at all, that says little of what the model knows. */
export type AnswerVerdict = 'right' | 'wrong' | 'format-failure'

/**
 * Right by exact match. Else a format failure where it holds no word, or where the model was cut off before it `ended` its
 * answer; else wrong.
 */
export function judgeAnswer(answer: string, ended: boolean, golds: readonly string[]): AnswerVerdict {
  if (exactMatch(answer, golds)) return 'right'
  return ended && normalizeAnswer(answer) !== '' ? 'wrong' : 'format-failure'
}

/** F1 over words (over characters where the script has no spaces) with the closest of the gold answers, 0..1. */
export function f1(answer: string, golds: readonly string[]): number {
  const given = answerWords(answer)
  return golds.reduce((best, gold) => Math.max(best, overlap(given, answerWords(gold))), 0)
}

/** Fraction of the relevant ids among the first `k` of a ranking without repeats; null when nothing is relevant. */
export function recallAt(ranking: readonly string[], relevant: readonly string[], k: number): number | null {
  const wanted = new Set(relevant)
  if (wanted.size === 0) return null
  return ranking.slice(0, k).filter((id) => wanted.has(id)).length / wanted.size
}

/** 1 / rank of the first relevant id among the first `k`, 0 where none is; null when nothing is relevant. MRR is its mean. */
export function reciprocalRankAt(ranking: readonly string[], relevant: readonly string[], k: number): number | null {
  if (relevant.length === 0) return null
  const wanted = new Set(relevant)
  const place = ranking.slice(0, k).findIndex((id) => wanted.has(id))
  return place === -1 ? 0 : 1 / (place + 1)
}

/**
 * Normalized discounted cumulative gain of the first `k`: each id's grade over log2(rank + 1), as trec_eval and BEIR take it
 * (not 2^grade - 1). An id without a grade gains nothing; null when nothing is relevant.
 */
export function ndcgAt(ranking: readonly string[], grades: ReadonlyMap<string, number>, k: number): number | null {
  const cumulate = (gains: readonly number[]): number =>
    gains.slice(0, k).reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0)
  const ideal = cumulate([...grades.values()].filter((grade) => grade > 0).toSorted((a, b) => b - a))
  return ideal === 0 ? null : cumulate(ranking.map((id) => Math.max(0, grades.get(id) ?? 0))) / ideal
}

/** Words of a normalized answer; each character of Chinese or Japanese is one. */
function answerWords(answer: string): string[] {
  const apart = normalizeAnswer(answer).replaceAll(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/gu, ' $& ')
  return apart.split(' ').filter((word) => word !== '')
}

function overlap(given: readonly string[], gold: readonly string[]): number {
  if (given.length === 0 || gold.length === 0) return given.length === gold.length ? 1 : 0
  const left = new Map<string, number>()
  for (const word of gold) left.set(word, (left.get(word) ?? 0) + 1)
  let common = 0
  for (const word of given) {
    const count = left.get(word) ?? 0
    if (count === 0) continue
    left.set(word, count - 1)
    common++
  }
  return (2 * common) / (given.length + gold.length)
}
