/** The Hub: a search, what a repository holds before anything is fetched, and downloads that go on where they were cut off. */
import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './calls.ts'
import { remedies, type FaultCode } from './fault.ts'
import { jobEvent } from './job.ts'

/** `OWNER/NAME`, or the bare name of the oldest repositories. */
export const HubId = z
  .string()
  .trim()
  .regex(/^(?:[\w-][\w.-]{0,95}\/)?[\w-][\w.-]{0,95}$/, 'an id is OWNER/NAME, as in Qwen/Qwen2.5-0.5B')
  .refine((id) => !id.includes('..'), 'an id has no two dots in a row')

/** True for an id with its owner, which the path of a folder may look like too. */
export function isHubId(text: string): boolean {
  return text.includes('/') && HubId.safeParse(text).success
}

/** A branch, a tag, a commit, or a pull request as `refs/pr/1`. */
export const HubRevision = z
  .string()
  .trim()
  .regex(/^[\w][\w./-]{0,254}$/, 'a revision is a branch, a tag or a commit')
  .refine((revision) => !revision.includes('..'), 'a revision has no two dots in a row')

export const HubTarget = z.object({ id: HubId, revision: HubRevision.default('main') })
export type HubTarget = z.infer<typeof HubTarget>

/** Where the Hub is, and whether a token goes along; never the token itself. */
export const HubAccess = z.object({
  endpoint: z.string(),
  named: z.enum(['HF_ENDPOINT', 'setting', 'automatic']).describe('what names the endpoint'),
  token: z
    .enum(['none', 'environment', 'memory', 'kept'])
    .describe('`memory`: until the engine ends; `kept`: encrypted by the system'),
})
export type HubAccess = z.infer<typeof HubAccess>

export const HubToken = z.object({
  token: z
    .string()
    .trim()
    .min(8, 'a token has at least 8 characters')
    .max(500)
    .regex(/^[\x21-\x7e]+$/, 'a token has no spaces')
    .nullable()
    .describe('null forgets it'),
})

export const HubSearch = z.object({
  query: z.string().trim().min(1).max(200),
  limit: z.number().int().min(1).max(100).default(30),
})
export type HubSearch = z.infer<typeof HubSearch>

const told = {
  architecture: z.string().nullable().describe('as in its config; null where the Hub does not say'),
  parameters: z.number().nullable().describe('as the Hub counted them in the safetensors'),
  licence: z.string().nullable(),
  task: z.string().nullable(),
  gated: z.boolean().describe('its conditions must be accepted on the Hub first'),
  private: z.boolean(),
  downloads: z.number().describe('of the last 30 days'),
  updated: z.string().nullable().describe('ISO time'),
}

/** One repository as a search finds it: those with safetensors alone, the most downloaded first. */
export const HubEntry = z.object({ id: z.string(), likes: z.number(), ...told })
export type HubEntry = z.infer<typeof HubEntry>

export const HubFile = z.object({
  path: z.string(),
  bytes: z.number(),
  hash: z.string().describe('hexadecimal'),
  algorithm: z.enum(['sha256', 'git-sha1']).describe('of LFS files; of the others, as git names a blob'),
  take: z.boolean().describe('an import needs it'),
  why: z.string().describe('what for, or why it is left where it is'),
})
export type HubFile = z.infer<typeof HubFile>

/** A repository at one commit, before anything of it is fetched but its config. */
export const HubModel = z.object({
  id: z.string(),
  revision: z.string().describe('as asked for'),
  commit: z.string().describe('what the revision is now'),
  ...told,
  modelType: z.string().nullable(),
  hidden: z.number().nullable(),
  layers: z.number().nullable(),
  dtype: z.string().nullable().describe('of its weights, as its config or the Hub says'),
  files: z.array(HubFile),
  bytes: z.number().describe('of all that an import needs'),
  have: z.number().describe('bytes of these that are here already'),
  needs: z.number().describe('bytes that the disk must have free: what is left to fetch, and the import beside it'),
  free: z.number().describe('bytes that the disk has free'),
  refused: z.string().nullable().describe('why it cannot be downloaded'),
  adapter: z
    .object({ base: z.string().nullable().describe('the model that it names') })
    .nullable()
    .describe('set where it is an adapter, which changes another model'),
  notes: z.array(z.string()).describe('what is missing or left out, in sentences'),
})
export type HubModel = z.infer<typeof HubModel>

/** What ended a download, as it is kept with it. */
export const HubFault = z.object({
  code: z.enum(Object.keys(remedies) as [FaultCode, ...FaultCode[]]),
  message: z.string(),
  remedy: z.string(),
})

/** A download in the workbench, under way or resting; `key` names its folder. */
export const HubDownload = z.object({
  key: z.string(),
  id: z.string(),
  revision: z.string(),
  commit: z.string(),
  endpoint: z.string(),
  licence: z.string().nullable(),
  began: z.string().describe('ISO time'),
  folder: z.string(),
  files: z.number().int(),
  filesDone: z.number().int(),
  bytes: z.number(),
  have: z.number(),
  state: z.enum(['running', 'paused', 'failed', 'done']),
  fault: HubFault.nullable(),
  adapter: z.boolean().describe('it changes another model, and is none that could be imported alone'),
})
export type HubDownload = z.infer<typeof HubDownload>

/** A file that has come whole, its hash checked. */
export const HubFetched = HubFile.pick({ path: true, bytes: true, hash: true, algorithm: true })
export type HubFetched = z.infer<typeof HubFetched>

const one = z.object({ key: z.string() })

/** Calls on the Hub. Faults hub-offline and hub-refused, each with the server's words and what to do. */
export const hubContract = {
  access: base.output(HubAccess),
  /** Takes a token, which the system keeps where it can encrypt it; gives what became of it. */
  token: base.input(HubToken).output(HubAccess),
  search: base.input(HubSearch).output(z.array(HubEntry)),
  /** What a repository holds; nothing of it is kept. */
  look: base.input(HubTarget).output(HubModel),
  /** Downloads what an import needs, and goes on with what is there of it. Ends with its reader; what has come stays. */
  download: base.input(HubTarget).output(eventIterator(jobEvent(HubFetched, HubDownload))),
  /** Begins a download that goes on when its page is gone, among the jobs. */
  begin: base.input(HubTarget).output(HubDownload),
  /** The latest begun first. */
  list: base.output(z.array(HubDownload)),
  /** Pauses a download, which goes on from there. */
  stop: base.input(one).output(z.void()),
  /** Stops a download if it runs, and deletes all that has come. */
  discard: base.input(one).output(z.void()),
}
