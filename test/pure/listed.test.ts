/** Every call that tells progress is work that may be long: each stands in the list of jobs, or says here why it does not. */
import { getEventIteratorSchemaDetails } from '@orpc/contract'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { contract } from '../../src/shared/contract.ts'

/** Calls that tell of work which is listed where it began, or is over before it could be. */
const elsewhere = ['corpus.make', 'sweep.follow', 'train.follow']

/** The paths of calls whose events can be progress. */
function telling(node: object, path: readonly string[] = []): string[] {
  if (!('~orpc' in node)) {
    return Object.entries(node).flatMap(([name, child]) => telling(child as object, [...path, name]))
  }
  const { outputSchema } = node['~orpc'] as {
    readonly outputSchema?: Parameters<typeof getEventIteratorSchemaDetails>[0]
  }
  const yields = getEventIteratorSchemaDetails(outputSchema)?.yields
  if (!(yields instanceof z.ZodDiscriminatedUnion)) return []
  const event = { stage: '', done: 0, total: null, unit: '', perSecond: null, secondsLeft: null }
  return yields.safeParse({ type: 'progress', ...event }).success ? [path.join('.')] : []
}

test('every call that tells progress is listed as a job', () => {
  const folder = join(import.meta.dirname, '../../src/main/engine/serve/calls')
  const source = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
  const calls = telling(contract)
  expect(calls).toEqual(expect.arrayContaining(['index.build', 'bench.claims', 'whatIf.shapley', ...elsewhere]))
  const unlisted = calls.filter((path) => {
    const [, after = ''] = source.split(`os.${path}.handler(`)
    const [own = ''] = after.split(/\bos\./)
    return !own.includes('jobs.stream(')
  })
  expect(unlisted.toSorted()).toEqual(elsewhere)
})
