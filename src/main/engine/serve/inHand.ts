/** Long work in hand, told to the door: it shows it outside the page, and asks before it ends under it. */
import { isAbort } from '../../../shared/fault.ts'
import type { JobNotice } from '../../../shared/job.ts'
import type { Followed } from './background.ts'

type Ended = Exclude<JobNotice['state'], 'running'>

/** The calls whose streams are long work, by their path: what each is called, and whether stopped it goes on later from where it was. */
export const longCalls: Readonly<Record<string, Pick<JobNotice, 'title' | 'keeps'>>> = {
  'corpus.make': { title: 'synthetic corpus', keeps: false },
  'index.build': { title: 'index', keeps: false },
  demo: { title: 'demo corpus', keeps: false },
  'bench.ttft': { title: 'TTFT measurement', keeps: false },
  'bench.train': { title: 'training speed measurement', keeps: false },
  'bench.memory': { title: 'training memory measurement', keeps: false },
  'bench.ablation': { title: 'ablation', keeps: true },
  'bench.claims': { title: 'claims', keeps: true },
  'evaluate.ppl': { title: 'log-perplexity evaluation', keeps: false },
  'evaluate.policy': { title: 'policy evaluation', keeps: false },
  'evaluate.retrieval': { title: 'retrieval evaluation', keeps: false },
  'evaluate.qa': { title: 'question evaluation', keeps: false },
  'sweep.run': { title: 'sweep', keeps: true },
  'train.run': { title: 'training', keeps: true },
  'train.dry': { title: 'dry run', keeps: false },
  'train.bundle': { title: 'training of a bundle', keeps: true },
}

/** Notices of one job are no closer than this, but for its first and last. */
const apartMs = 250

export type InHand = {
  /** Begins a job; what is returned says how far it is, and its end. */
  readonly begin: (job: Pick<JobNotice, 'title' | 'keeps'> & { readonly id?: string }) => {
    readonly at: (done: number, total: number | null) => void
    readonly end: (state: Ended) => void
  }
}

/** `tell` hears each notice. */
export function openInHand(tell: (notice: JobNotice) => void, now: () => number = Date.now): InHand {
  let count = 0
  return {
    begin: ({ title, keeps, id = `call-${(count += 1)}` }) => {
      let notice: JobNotice = { id, title, keeps, state: 'running', done: 0, total: null }
      let told = now()
      tell(notice)
      return {
        at: (done, total) => {
          notice = { ...notice, done, total }
          if (now() - told < apartMs) return
          told = now()
          tell(notice)
        },
        end: (state) => tell({ ...notice, state }),
      }
    },
  }
}

/** The events of a call as they come, its progress told; a call that is not long passes as it is. */
export function watchCall<Event>(inHand: InHand, path: string, events: AsyncIterable<Event>): AsyncIterable<Event> {
  const long = longCalls[path]
  return long === undefined ? events : watchLong(inHand, long, events)
}

async function* watchLong<Event>(
  inHand: InHand,
  long: Pick<JobNotice, 'title' | 'keeps'>,
  events: AsyncIterable<Event>,
): AsyncGenerator<Event, void, undefined> {
  const job = inHand.begin(long)
  let state: Ended = 'stopped'
  try {
    for await (const event of events) {
      const progress: unknown = event
      if (isTyped(progress, 'progress')) job.at(Number(progress['done']), readTotal(progress['total']))
      if (isTyped(progress, 'done')) state = 'finished'
      yield event
    }
  } catch (error) {
    if (!isAbort(error)) state = 'failed'
    throw error
  } finally {
    job.end(state)
  }
}

/** Tells of background work until it ends; `far` reads how far it is from an event, and `whole` whether its result is the end. */
export function watchBackground<Event, Result>(
  inHand: InHand,
  job: { readonly id: string; readonly title: string },
  work: Followed<Event, Result> | null,
  far: (event: Event) => { readonly done: number; readonly total: number | null } | null,
  whole: (result: Result) => boolean,
): void {
  if (work === null) return
  const { at, end } = inHand.begin({ ...job, keeps: true })
  work.listeners.add((event) => {
    const reached = far(event)
    if (reached !== null) at(reached.done, reached.total)
  })
  work.ended.then(
    (result) => end(whole(result) ? 'finished' : 'stopped'),
    (error: unknown) => end(isAbort(error) ? 'stopped' : 'failed'),
  )
}

function isTyped(event: unknown, type: string): event is Readonly<Record<string, unknown>> {
  return typeof event === 'object' && event !== null && 'type' in event && event.type === type
}

function readTotal(total: unknown): number | null {
  return typeof total === 'number' ? total : null
}
