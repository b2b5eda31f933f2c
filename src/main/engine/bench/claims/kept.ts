/** Measurements of claims as they are kept: a file each, read back unless its settings or the bundle changed. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { AblationResult } from '../../../../shared/ablation.ts'
import { TtftRow } from '../../../../shared/bench.ts'
import { Taken, type MeasurementName } from '../../../../shared/claims.ts'
import { PplGap, PplPair, PplRow, QaCell, QaPair } from '../../../../shared/evaluate.ts'
import { writeAtomic } from '../../store/files.ts'

/** What each measurement finds. */
export const foundBy = {
  ttft: z.object({ rows: z.array(TtftRow) }),
  ppl: z.object({ rows: z.array(PplRow), gaps: z.array(PplGap), pairs: z.array(PplPair) }),
  curriculum: AblationResult,
  reconstruction: AblationResult,
  qa: z.object({ cells: z.array(QaCell), pairs: z.array(QaPair) }),
} as const satisfies Record<MeasurementName, z.ZodType>

/** What was measured, by name. */
export type Found = { readonly [Name in MeasurementName]: z.infer<(typeof foundBy)[Name]> }

/** A measurement and when it was taken. */
export type Kept<Name extends MeasurementName> = { readonly taken: Taken; readonly found: Found[Name] }

const Header = z.object({ format: z.literal(1), key: z.string(), taken: Taken, found: z.unknown() })

/** What a measurement depends on, as one word: its settings, and the weights that it is taken on. */
export function keyOf(name: MeasurementName, input: unknown, bundleHash: string): string {
  return createHash('sha256')
    .update(JSON.stringify([name, input, bundleHash]))
    .digest('hex')
    .slice(0, 16)
}

const fileOf = (folder: string, name: MeasurementName): string => join(folder, `${name}.json`)

/** The measurement of that key; null where there is none, or one of other settings or weights, or one that cannot be read. */
export async function readKept<Name extends MeasurementName>(
  folder: string,
  name: Name,
  key: string,
): Promise<Kept<Name> | null> {
  try {
    const header = Header.parse(JSON.parse(await readFile(fileOf(folder, name), 'utf8')))
    if (header.key !== key) return null
    return { taken: header.taken, found: foundBy[name].parse(header.found) as Found[Name] }
  } catch {
    return null
  }
}

/** Keeps a measurement, whole or not at all. Fault disk-full. */
export async function keep<Name extends MeasurementName>(
  folder: string,
  key: string,
  { taken, found }: Kept<Name>,
): Promise<void> {
  await writeAtomic(fileOf(folder, taken.name), `${JSON.stringify({ format: 1, key, taken, found }, null, 1)}\n`)
}
