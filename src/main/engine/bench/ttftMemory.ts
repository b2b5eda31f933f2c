/** Peak memory of every arm, each in a process of its own over all contexts, laid into the rows that were timed. */
import type { TtftInput, TtftRow } from '../../../shared/bench.ts'
import type { ArmMemory } from '../../../shared/latency.ts'
import { findCell, runCell } from './cell.ts'
import type { ArmCell, ArmWeighed } from './ttftCell.ts'
import { sayArm, type Arm } from './ttftRun.ts'

export type Weighing =
  | { readonly type: 'run'; readonly done: number; readonly total: number; readonly note: string }
  | { readonly type: 'rows'; readonly rows: readonly TtftRow[] }

const program = 'ttftCell.ts'

/** Fault bad-input where arms cannot be weighed: asked before an hour of timing, not after. */
export function canWeigh(): void {
  findCell(program)
}

const unfit = { peakMiB: null, baseMiB: null, kvBytes: null, note: 'ended by the system: it did not fit' }

/** Weighs every arm of `rows`; an arm that the system ends has a note in place of numbers. Ends with the rows filled in. */
export async function* weighArms(
  rows: readonly TtftRow[],
  input: TtftInput,
  where: Pick<ArmCell, 'bundle' | 'on' | 'format'>,
  signal?: AbortSignal,
): AsyncGenerator<Weighing> {
  const contexts = [...new Set(rows.map(({ context }) => context))].toSorted((a, b) => a - b)
  const arms = new Map<string, Arm | null>([[sayArm(null), null]])
  for (const { k, p, cached } of rows) arms.set(sayArm({ k, p, cached }), { k, p, cached })
  const found = new Map<string, ArmMemory>()
  let done = 0
  for (const [name, arm] of arms) {
    signal?.throwIfAborted()
    yield { type: 'run', done, total: arms.size, note: `memory, ${name}` }
    const { arch, batch, output, seed } = input
    const cell: ArmCell = { ...where, arch, arm, contexts, batch, output, seed }
    const keep = ({ context, ...weighed }: ArmWeighed): void =>
      void found.set(`${name} ${context}`, { ...weighed, note: null })
    await runCell(program, cell, keep, signal)
    done++
  }
  yield {
    type: 'rows',
    rows: rows.map((row) => ({
      ...row,
      full: { ...row.full, memory: found.get(`${sayArm(null)} ${row.context}`) ?? unfit },
      refrag: { ...row.refrag, memory: found.get(`${sayArm(row)} ${row.context}`) ?? unfit },
    })),
  }
}
