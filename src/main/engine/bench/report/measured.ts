/** What the measuring commands print with --json, told apart by its fields, as the tables that they show. */
import * as z from 'zod'
import { AblationResult } from '../../../../shared/ablation.ts'
import { TrainMemory, TrainSpeed, TtftRow } from '../../../../shared/bench.ts'
import { ablationTables, claimTables, memoryTables, trainSpeedTables } from '../../../../shared/benchTables.ts'
import { ClaimsResult } from '../../../../shared/claims.ts'
import { PolicyPair, PolicyRow, PplGap, PplPair, PplRow, QaCell, QaPair } from '../../../../shared/evaluate.ts'
import { policyTables, pplTables, qaTables } from '../../../../shared/evaluateTables.ts'
import { RetrievalResult } from '../../../../shared/retrieval.ts'
import { retrievalTables } from '../../../../shared/retrievalTables.ts'
import type { Table } from '../../../../shared/table.ts'
import { ttftTables } from '../../../../shared/ttftTables.ts'

const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1)

type Reader = (value: unknown) => readonly Table[] | null

/** Tables of a value that has the shape; null of any other. */
function reader<Shape extends z.ZodType>(shape: Shape, tables: (found: z.infer<Shape>) => readonly Table[]): Reader {
  return (value) => {
    const found = shape.safeParse(value)
    return found.success ? tables(found.data) : null
  }
}

/** The first that fits: no two of them fit one value. */
const readers: readonly Reader[] = [
  reader(z.object({ rows: some(TtftRow) }), ({ rows }) => ttftTables(rows)),
  reader(z.object({ rows: some(PplRow), gaps: z.array(PplGap), pairs: z.array(PplPair) }), pplTables),
  reader(z.object({ cells: some(QaCell), pairs: z.array(QaPair) }), qaTables),
  reader(z.object({ rows: some(PolicyRow), pairs: z.array(PolicyPair) }), policyTables),
  reader(RetrievalResult, retrievalTables),
  reader(ClaimsResult, ({ claims }) => claimTables(claims)),
  reader(AblationResult, ablationTables),
  reader(z.object({ rows: some(TrainSpeed) }), ({ rows }) => trainSpeedTables(rows)),
  reader(z.object({ rows: some(TrainMemory) }), ({ rows }) => memoryTables(rows)),
]

/** Null where the value is the result of no measuring command. */
export function tablesOfResult(value: unknown): readonly Table[] | null {
  for (const read of readers) {
    const tables = read(value)
    if (tables) return tables.filter(({ rows }) => rows.length > 0)
  }
  return null
}
