/** The jobs of an engine, whoever began them: what is under way, and how the last ones ended. */
import * as z from 'zod'
import { Progress } from './job.ts'

export const JobKind = z.enum([
  'answer',
  'what-if',
  'comparison',
  'index',
  'check',
  'sweep',
  'estimate',
  'training',
  'dry run',
  'timing',
  'evaluation',
  'ablation',
  'claims',
  'report',
  'download',
  'model',
])
export type JobKind = z.infer<typeof JobKind>

export const JobInfo = z.object({
  id: z.string(),
  kind: JobKind,
  title: z.string(),
  began: z.string().describe('ISO time'),
  ended: z.string().nullable(),
  /** `stopped`: ended by a hand, or its reader left. */
  state: z.enum(['running', 'stopping', 'done', 'stopped', 'failed']),
  progress: Progress.nullable(),
  fault: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
  work: z
    .string()
    .nullable()
    .describe('id of the sweep, training or download, which goes on from where it was stopped'),
})
export type JobInfo = z.infer<typeof JobInfo>

/** What the engine holds in memory, ready to answer; what it does not is opened when something needs it. */
export const Held = z.object({
  bundle: z.boolean(),
  models: z.array(z.string()).describe('imported embedders by their names'),
})
export type Held = z.infer<typeof Held>

/** Told at each change, and now and then so that the memory is that of now. */
export const EngineNow = z.object({ jobs: z.array(JobInfo), residentBytes: z.number(), held: Held })
export type EngineNow = z.infer<typeof EngineNow>
