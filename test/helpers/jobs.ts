/** What a job said: its partial results and its end. */
import type { JobEvent, Progress } from '../../src/shared/job.ts'

/** Runs a job to its end. Throws what the job throws. */
export async function finish<Partial, Result>(job: AsyncIterable<JobEvent<Partial, Result>>) {
  const partials: Partial[] = []
  const progress: Progress[] = []
  let result: Result | undefined
  for await (const event of job) {
    if (event.type === 'partial') partials.push(event.partial)
    else if (event.type === 'progress') progress.push(event)
    else result = event.result
  }
  if (result === undefined) throw new Error('The job ended without a result.')
  return { result, partials, progress }
}
