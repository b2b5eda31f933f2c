/** A matched model with an adapter: each tensor of the adapter finds its place in the base, or is named in a fault. Nothing is read. */
import { basename } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { ModelAdapter } from '../../../shared/models.ts'
import type { Located } from '../store/tensorFile.ts'
import type { Adapter, AdapterPair } from './adapter.ts'
import type { Architecture } from './architecture.ts'
import { architectureOf } from './architectures.ts'
import { unsupported } from './field.ts'
import { more } from './folder.ts'
import type { MatchedModel, Source, Taken } from './match.ts'

/** Our weights that rows are looked up in. */
const tables = new Set([
  'decoder.embedding',
  'decoder.positions',
  'encoder.embedding',
  'encoder.positions',
  'encoder.types',
])

/**
 * The model whose weights are those of the base and the adapter together. Faults model-damaged for a tensor of the adapter that has no
 * place or another shape, model-unsupported for one on embeddings that are tied.
 */
export function adaptModel(model: MatchedModel, adapter: Adapter): MatchedModel {
  const { architecture } = architectureOf(model.folder.config)
  const bare = (name: string): string => bareName(name, architecture)
  const pairs = new Map([...adapter.pairs].map(([module, pair]) => [bare(`${module}.weight`), { module, ...pair }]))
  const whole = new Map([...adapter.whole].map(([name, tensor]) => [bare(name), tensor]))
  const placed = new Set<string>()
  const withAdapter = (source: Source, taken: Taken): Source => {
    const [pair, own] = [pairs.get(source.place), whole.get(source.place)]
    if (pair === undefined && own === undefined) return source
    placed.add(source.place)
    refuseTied(model, taken, source)
    const stands = own === undefined ? source : { ...replaced(source, own), place: source.place }
    return pair === undefined ? stands : { ...stands, added: lowRank(taken, stands, pair, adapter) }
  }
  const taken = model.taken.map((each): Taken => ({ ...each, from: each.from.map((from) => withAdapter(from, each)) }))
  const lost = [...pairs.keys(), ...whole.keys()].filter((name) => !placed.has(name))
  const { extra, idle } = Object.groupBy(lost, (name) => (architecture.idle.test(name) ? 'idle' : 'extra'))
  if (extra?.[0] !== undefined) throw noPlace(model, extra, architecture)
  const matrices = [...pairs.keys()].filter((name) => placed.has(name)).length
  const facts = adapterFacts(adapter, {
    matrices,
    replaced: placed.size - matrices,
    notes: notesOn(model, adapter, idle?.length ?? 0),
  })
  return { ...model, taken, adapter: facts, notes: [...model.notes, ...facts.notes] }
}

/** What is told of an adapter, with what became of its tensors. */
export function adapterFacts(
  { config: { base, rank, alpha, rootScale }, path, source, sha256 }: Adapter,
  became: Pick<ModelAdapter, 'matrices' | 'replaced' | 'notes'>,
): ModelAdapter {
  return { folder: path, ...(source ? { source } : {}), base, rank, alpha, rootScale, sha256, ...became }
}

/** A sentence where an adapter names another base than any of the names that its base has here; the first of these is told. */
export function otherBase(base: string | null, own: readonly string[], called: string): readonly string[] {
  const named = base
    ?.split(/[/\\]/)
    .findLast((part) => part !== '')
    ?.toLowerCase()
  if (named === undefined || own.some((each) => each.toLowerCase().includes(named))) return []
  return [`The adapter names ${base} as its base; ${called} ${own[0]}.`]
}

/** A tensor's name without what architectures put before it. */
export function bareName(name: string, { prefixes, outside }: Architecture): string {
  if (outside.includes(name)) return name
  const prefix = prefixes.find((each) => each !== '' && name.startsWith(each)) ?? ''
  return name.slice(prefix.length)
}

/** A table that is the head as well: only the table or only the head would change, which one weight cannot. */
function refuseTied({ network }: MatchedModel, { weight }: Taken, { name }: Source): void {
  if (network.role !== 'decoder' || network.decoder.untied || weight.name !== 'decoder.embedding') return
  throw unsupported(`The adapter changes ${name}, which the model's head is tied to; it was trained on one of the two.`)
}

function noPlace(model: MatchedModel, extra: readonly string[], { outside }: Architecture): Fault {
  const [first = ''] = extra
  if (outside.includes(first) && model.network.role === 'decoder' && !model.network.decoder.untied)
    return unsupported(
      `The adapter changes ${first}, which is tied to the embeddings; it was trained on one of the two.`,
    )
  return new Fault(
    'model-damaged',
    `${model.architecture} with these sizes has no place for the adapter's ${first}${more(extra.length - 1)}.`,
    { remedy: 'Name the folder of the base that the adapter was trained on.' },
  )
}

function replaced(source: Source, own: Located): Located {
  if (source.shape.join() === own.shape.join()) return own
  throw misshapen(own, own.shape, source)
}

/** The sum that stands for a tensor. Linear layers are stored [out, in]; GPT-2's, and tables, the other way about. */
function lowRank(
  { weight, as }: Taken,
  source: Source,
  { a, b, kind, module }: AdapterPair & { readonly module: string },
  { config }: Adapter,
): NonNullable<Source['added']> {
  const isTable = tables.has(weight.name)
  if (isTable !== (kind === 'embedding') || source.shape.length !== 2)
    throw new Fault('model-damaged', `${a.name} does not fit ${source.name}, which is ${isTable ? 'a' : 'no'} table.`, {
      remedy: 'Name the folder of the base that the adapter was trained on.',
    })
  const turned = isTable || (as === 'rows' && weight.name !== 'decoder.head')
  const [into, out] = [a.shape[1] ?? 0, b.shape[0] ?? 0]
  const made = turned ? [into, out] : [out, into]
  if (made.join() !== source.shape.join()) throw misshapen(b, made, source)
  return { a, b, scale: config.scaleOf(module), turned }
}

function misshapen({ name }: Located, made: readonly number[], source: Source): Fault {
  return new Fault(
    'model-damaged',
    `The adapter's ${name} makes [${made.join(', ')}], ${source.name} of the base is [${source.shape.join(', ')}].`,
    { remedy: 'Name the folder of the base that the adapter was trained on.' },
  )
}

function notesOn({ folder }: MatchedModel, { config, pairs }: Adapter, idle: number): string[] {
  const beside = [...pairs.keys()].filter((module) => !config.targets(module))
  return [
    ...otherBase(config.base, [basename(folder.path)], 'this folder is called'),
    ...(beside.length === 0
      ? []
      : [
          `target_modules does not name ${beside[0]}${more(beside.length - 1)}, which the adapter holds; it is merged.`,
        ]),
    ...(idle === 0
      ? []
      : [`${idle} of the adapter's tensors belong to heads of other tasks, which are not used, and are passed over.`]),
  ]
}
