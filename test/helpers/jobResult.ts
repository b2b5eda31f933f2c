/** The end of a job. */
type Event<Result> = { readonly type: string; readonly result?: Result }

/** Follows a job to its result. */
export async function resultOf<Result>(
  job: AsyncIterable<Event<Result>> | Promise<AsyncIterable<Event<Result>>>,
): Promise<Result> {
  for await (const event of await job) if (event.type === 'done' && event.result !== undefined) return event.result
  throw new Error('the job ended without a result')
}
