/** A sweep: the cells of its grids that are not done, shuffled with the seed, each kept as it ends. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Question } from '../../../../shared/corpus.ts'
import { Fault, isAbort, toFault } from '../../../../shared/fault.ts'
import { caseOf, cellsOf, isFull, keyOf, secondsLeft } from '../../../../shared/grid.ts'
import { random } from '../../../../shared/random.ts'
import { decoderWords, remoteKindInfo, textOnlyLabel } from '../../../../shared/remoteKinds.ts'
import type { SweepCell, SweepInput, SweepPoint, SweepResult, SweepTold } from '../../../../shared/sweep.ts'
import { checkK } from '../../compress/passages.ts'
import { readQuestions } from '../../corpus/questions.ts'
import { runtimeInfo } from '../../graph/run.ts'
import type { Elsewhere } from '../../expand/remote/elsewhere.ts'
import { openParts, type Parts } from '../../parts.ts'
import { budget } from '../../sense/select.ts'
import { openStored, type Bundle } from '../../store/bundle.ts'
import { checkQuestions } from '../qa.ts'
import { retrieveAll, type Reading, type Retrieve } from '../qaPassages.ts'
import { compareCells, measureCell } from './cell.ts'
import { systemClock, type Clock } from './clock.ts'
import { keepCell, openSweepFolder, readCells, type SweepConfig } from './folder.ts'

export type SweepEvent =
  | SweepTold
  | {
      readonly type: 'run'
      /** The cell in hand; null between two. */
      readonly key: string | null
      readonly done: number
      readonly total: number
      /** Cells a second, of those measured so far. */
      readonly perSecond: number | null
      readonly secondsLeft: number | null
      readonly note: string
    }

/** What a sweep needs of the engine. */
export type Desk = {
  /** The loaded bundle: it retrieves for all. */
  readonly bundle: Bundle
  readonly useIndex: <Result>(
    path: string,
    work: (index: { readonly name: string; readonly made: string; readonly retrieve: Retrieve }) => Promise<Result>,
  ) => Promise<Result>
  /** The turn on the machine; questions of the page come between the cases of a sweep. */
  readonly take: (signal?: AbortSignal) => Promise<() => void>
  /** Opens a confirmed server by its name. Faults remote-missing, remote-refused. */
  readonly elsewhere: (name: string) => Promise<Elsewhere>
  readonly threads: number
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock
}

type Set = SweepConfig['sets'][number] & { readonly questions: readonly Question[] }

/** Question sets, cut to `limit`, named by the hash of what is asked. Faults of reading, and bad-input without an answer. */
export async function openSets(input: Pick<SweepInput, 'questions' | 'limit'>): Promise<readonly Set[]> {
  const sets: Set[] = []
  for (const path of input.questions) {
    const questions = (await readQuestions(path)).slice(0, input.limit)
    checkQuestions(questions)
    const hash = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
      .slice(0, 16)
    const name = path.split(/[/\\]/).at(-1) ?? path
    if (!sets.some((set) => set.hash === hash)) sets.push({ hash, name, path, cases: questions.length, questions })
  }
  return sets
}

/** Bundles of a sweep; without any named, the loaded one. */
export async function openBundles(folders: readonly string[], loaded: Bundle): Promise<readonly Bundle[]> {
  if (folders.length === 0) return [loaded]
  const bundles = await Promise.all(folders.map(openStored))
  return bundles.filter(({ hash }, at) => bundles.findIndex((other) => other.hash === hash) === at)
}

/**
 * Checks what is asked for, opens its folder and retrieves; what is given back measures. Faults before the first cell: those of
 * reading questions, bundles and index, k-unsupported, p-out-of-range, run-other-settings.
 */
export async function prepareSweep(
  input: SweepInput,
  desk: Desk,
): Promise<AsyncGenerator<SweepEvent, SweepResult, undefined>> {
  for (const p of input.ps) budget(p, 0)
  const bundles = await openBundles(input.bundles, desk.bundle)
  for (const { config } of bundles) for (const k of input.ks) checkK(k, config.ks)
  const sets = await openSets(input)
  const elsewhere = input.decoder === undefined ? null : await desk.elsewhere(input.decoder)
  const grid = { ...input, sets: sets.map(({ hash }) => hash), bundles: bundles.map(({ hash }) => hash) }
  return desk.useIndex(input.index, async ({ name, made, retrieve }) => {
    const runtime = runtimeInfo()
    const config = await openSweepFolder(input.out, {
      format: 1,
      input,
      index: { path: input.index, name, made },
      sets: sets.map(({ questions: _questions, ...set }) => set),
      bundles: bundles.map((each) => ({ hash: each.hash, name: each.config.name, folder: each.folder })),
      grids: [axesOf(grid)],
      machine: {
        onnxruntime: runtime.version,
        device: runtime.device,
        threads: desk.threads,
        node: process.versions.node,
        ...(elsewhere && { decoder: wordsOf(elsewhere) }),
      },
      began: new Date().toISOString(),
    })
    const readings = new Map<string, Reading>()
    for (const point of cellsOf(config.grids)) {
      const set = sets.find(({ hash }) => hash === point.set)
      if (!set || readings.has(readingOf(point))) continue
      const { retriever, passages } = point
      const own = { retrievers: [retriever], passages: [passages], weakOf: input.weakOf, seed: input.seed }
      readings.set(readingOf(point), await retrieveAll(own, set.questions, retrieve))
      desk.signal?.throwIfAborted()
    }
    return measure(config, { sets, bundles, readings, elsewhere, desk })
  })
}

function axesOf(
  grid: SweepInput & Pick<SweepConfig['grids'][number], 'sets' | 'bundles'>,
): SweepConfig['grids'][number] {
  const { ks, ps, policies, passages, retrievers, sets, bundles, devices } = grid
  return { ks, ps, policies, passages, retrievers, sets, bundles, devices }
}

/** Passages depend on these alone: a cell reads the same whatever else the grid holds. */
const readingOf = ({ set, retriever, passages }: SweepPoint): string => `${set} ${retriever} ${passages}`

type Opened = {
  readonly sets: readonly Set[]
  readonly bundles: readonly Bundle[]
  readonly readings: ReadonlyMap<string, Reading>
  readonly elsewhere: Elsewhere | null
  readonly desk: Desk
}

/** A server as the folder of a sweep knows it: another one under its name would measure something else. */
function wordsOf({ server }: Elsewhere): string {
  const { sends } = remoteKindInfo[server.kind]
  const label = sends === 'text' ? textOnlyLabel : `rows as ${server.dtype}`
  return `${server.name}: ${decoderWords({ ...server, label })}`
}

async function* measure(config: SweepConfig, opened: Opened): AsyncGenerator<SweepEvent, SweepResult, undefined> {
  const { input, grids } = config
  const { desk } = opened
  const { signal, clock = systemClock } = desk
  const all = cellsOf(grids)
  const ended = new Map((await readCells(input.out, grids)).map((cell) => [cell.key, cell]))
  const isDone = (point: SweepPoint): boolean => ended.get(keyOf(point))?.state === 'done'
  const pending = inOrder(
    all.filter((point) => !isDone(point)),
    input.seed,
  )
  const parts = new Map<string, Parts>()
  const until = input.minutes === undefined ? Infinity : clock.monotonic() + input.minutes * 60_000
  let errors = 0

  const result = (why: SweepResult['ended']): SweepResult => {
    const done = all.filter(isDone).length
    const failed = all.filter((point) => ended.has(keyOf(point)) && !isDone(point)).length
    return { out: input.out, ended: why, cells: all.length, done, failed, pending: all.length - done - failed }
  }
  const told = (left: readonly SweepPoint[], share: number, note: string): SweepEvent => ({
    type: 'run',
    key: share > 0 && left[0] ? keyOf(left[0]) : null,
    done: all.length - left.length + share,
    total: all.length,
    perSecond: rateOf([...ended.values()]),
    secondsLeft: timeLeft([...ended.values()], left, share),
    note,
  })

  try {
    for (const [at, point] of pending.entries()) {
      if (signal?.aborted) return result('stopped')
      if (clock.monotonic() > until) return result('minutes')
      if (errors >= input.errors) return result('errors')
      yield { type: 'running', key: keyOf(point) }
      let cell: SweepCell
      try {
        const measuring = measureCell(point, await benchOf(point, config, opened, parts, clock), signal)
        for (;;) {
          const next = await measuring.next()
          if (next.done) {
            cell = next.value
            break
          }
          const cases = opened.sets.find(({ hash }) => hash === point.set)?.cases ?? 0
          yield told(pending.slice(at), next.value / cases, `${nameOf(point)}: ${next.value} of ${cases} cases`)
        }
      } catch (error) {
        if (isAbort(error) || signal?.aborted) return result('stopped')
        cell = failure(point, error)
      }
      if (cell.state !== 'done') errors++
      cell = withAgainst(cell, ended, input.seed)
      await keepCell(input.out, cell)
      ended.set(cell.key, cell)
      yield { type: 'cell', cell }
      // Cells that waited for their full context are compared now that it is here.
      if (isFull(point))
        for (const other of [...ended.values()].filter(
          (each) => caseOf(each) === caseOf(point) && each.key !== cell.key,
        )) {
          const compared = withAgainst(other, ended, input.seed)
          if (compared === other) continue
          await keepCell(input.out, compared)
          ended.set(other.key, compared)
          yield { type: 'cell', cell: compared }
        }
      yield told(pending.slice(at + 1), 0, nameOf(point))
    }
    return result(errors >= input.errors ? 'errors' : 'finished')
  } finally {
    for (const each of parts.values()) await each.close()
  }
}

/** Full context of every case first, for the others are compared with it; the rest shuffled with the seed. */
function inOrder(cells: readonly SweepPoint[], seed: number): readonly SweepPoint[] {
  const draws = random(seed)
  return [...draws.shuffle(cells.filter(isFull)), ...draws.shuffle(cells.filter((point) => !isFull(point)))]
}

function rateOf(ended: readonly SweepCell[]): number | null {
  const measured = ended.filter(({ timing }) => timing !== null)
  return measured.length === 0 ? null : measured.length / measured.reduce((sum, { seconds }) => sum + seconds, 0)
}

function timeLeft(ended: readonly SweepCell[], left: readonly SweepPoint[], share: number): number | null {
  const [now, ...rest] = left
  const measured = ended.filter(({ timing }) => timing !== null)
  const [first, later] = [secondsLeft(measured, now ? [now] : []), secondsLeft(measured, rest)]
  return first === null || later === null ? null : first * (1 - share) + later
}

async function benchOf(
  point: SweepPoint,
  { input }: SweepConfig,
  { sets, bundles, readings, elsewhere, desk }: Opened,
  parts: Map<string, Parts>,
  clock: Clock,
) {
  const set = sets.find(({ hash }) => hash === point.set)
  const bundle = bundles.find(({ hash }) => hash === point.bundle)
  const reading = readings.get(readingOf(point))
  if (!set || !bundle || !reading) throw new Error(`internal: nothing to measure ${keyOf(point)} with`)
  // Without a home: embeddings of other runs, made in other batches, would differ in their last bits.
  const opened =
    parts.get(bundle.hash) ?? (await openParts(bundle, { threads: desk.threads, decoderLater: elsewhere !== null }))
  parts.set(bundle.hash, opened)
  const { index, repeats, warmups, seed } = input
  return {
    parts: opened,
    questions: set.questions,
    reading,
    index,
    repeats,
    warmups,
    seed,
    elsewhere,
    clock,
    take: desk.take,
  }
}

/** A cell beside the full context of its case, where both are whole; the very cell where nothing is to be added. */
function withAgainst(cell: SweepCell, ended: ReadonlyMap<string, SweepCell>, seed: number): SweepCell {
  if (isFull(cell) || cell.cases.length === 0 || cell.against !== null) return cell
  const full = [...ended.values()].find((other) => isFull(other) && caseOf(other) === caseOf(cell))
  return full && full.cases.length > 0 ? { ...cell, against: compareCells(cell, full, seed) } : cell
}

function failure(point: SweepPoint, error: unknown): SweepCell {
  const { code, message, remedy } = toFault(error)
  const nothing = { seconds: 0, quality: null, timing: null, against: null, cases: [] }
  return { ...point, key: keyOf(point), state: 'failed', fault: { code, message, remedy }, ...nothing }
}

/** A cell in a note. */
export function nameOf({ k, p, policy, retriever, passages }: SweepPoint): string {
  const plan = k === null ? 'full context' : policy === 'none' ? `k ${k}, all compressed` : `k ${k}, p ${p}, ${policy}`
  return `${plan}, ${passages} passages${retriever === 'weak' ? ', weak' : ''}`
}

/** The folder of a sweep that is looked at; Fault sweep-missing. */
export function missing(folder: string): Fault {
  return new Fault('sweep-missing', `There is no sweep in ${folder}.`)
}
