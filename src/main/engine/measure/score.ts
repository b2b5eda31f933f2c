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

/** Mean over the queries of 1 / rank of the first relevant id, 0 where none is ranked; null without queries. */
export function meanReciprocalRank(
  queries: readonly { readonly ranking: readonly string[]; readonly relevant: readonly string[] }[],
): number | null {
  if (queries.length === 0) return null
  const ranks = queries.map(({ ranking, relevant }) => ranking.findIndex((id) => relevant.includes(id)) + 1)
  return ranks.reduce((sum, rank) => sum + (rank === 0 ? 0 : 1 / rank), 0) / queries.length
}

/** Normalized discounted cumulative gain of the first `k`, every relevant id worth 1; null when nothing is relevant. */
export function ndcg(ranking: readonly string[], relevant: readonly string[], k: number): number | null {
  const wanted = new Set(relevant)
  if (wanted.size === 0) return null
  const discount = (place: number) => 1 / Math.log2(place + 2)
  const gain = ranking.slice(0, k).reduce((sum, id, place) => sum + (wanted.has(id) ? discount(place) : 0), 0)
  const places = Array.from({ length: Math.min(k, wanted.size) }, (_, place) => discount(place))
  return gain / places.reduce((sum, value) => sum + value, 0)
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
