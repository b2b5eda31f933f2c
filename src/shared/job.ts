/** Jobs: long work as a stream of progress that ends in one result. */
import * as z from 'zod'

export const Progress = z.object({
  type: z.literal('progress'),
  stage: z.string(),
  done: z.number(),
  total: z.number().nullable().describe('null while unknown'),
  unit: z.string(),
  perSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  note: z.string().optional(),
})
export type Progress = z.infer<typeof Progress>

/** The events of a job whose partial results are `partial` and whose end is `result`. */
export function jobEvent<Partial extends z.ZodType, Result extends z.ZodType>(partial: Partial, result: Result) {
  return z.discriminatedUnion('type', [
    Progress,
    z.object({ type: z.literal('partial'), partial }),
    z.object({ type: z.literal('done'), result }),
  ])
}

/** The same as a plain type, for engine code. */
export type JobEvent<Partial, Result> =
  | Progress
  | { readonly type: 'partial'; readonly partial: Partial }
  | { readonly type: 'done'; readonly result: Result }
