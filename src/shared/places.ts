/** Places: the folders and files that the workbench keeps, with what they take. */
import * as z from 'zod'

export const Place = z.object({
  name: z.string(),
  about: z.string(),
  path: z.string(),
  bytes: z.number().describe('0 where there is nothing yet'),
  clearable: z.boolean().describe('cleared by cache.clear; the rest is a person’s own work'),
})
export type Place = z.infer<typeof Place>
