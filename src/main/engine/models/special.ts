/** The ids that begin and end a text. */
import type { Json, ModelFolder } from './folder.ts'

type Special = { readonly bos: number | null; readonly eos: number[] }

/** As the generation config names them, else the config; ids that the vocabulary does not have are left out. */
export function specialIds(
  { config, generation }: Pick<ModelFolder, 'config' | 'generation'>,
  vocabulary: number,
): Special {
  const known = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < vocabulary
  const of = (key: string): readonly number[] => {
    const named = (from: Json | null): readonly unknown[] => [from?.[key] ?? []].flat()
    return [named(generation), named(config)].map((ids) => ids.filter(known)).find((ids) => ids.length > 0) ?? []
  }
  return { bos: of('bos_token_id')[0] ?? null, eos: [...of('eos_token_id')] }
}
