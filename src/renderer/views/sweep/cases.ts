/** The cells of a sweep by case: what is read and on what. Within a case cells are compared; across cases they are not. Pure. */
import { caseOf, cellsOf, isFull } from '../../../shared/grid.ts'
import type { SweepCell, SweepInfo, SweepPoint } from '../../../shared/sweep.ts'

export type SweepCaseName = { readonly key: string; readonly label: string }

/** What one sweep measures, and how far it is. */
export type Standing = {
  readonly info: SweepInfo
  readonly points: readonly SweepPoint[]
  readonly cells: ReadonlyMap<string, SweepCell>
  readonly running: string | null
}

export function standingOf(info: SweepInfo, cells: ReadonlyMap<string, SweepCell>, running: string | null): Standing {
  return { info, points: cellsOf(info.grids), cells, running }
}

/** The cases in the order of the grid, named by what they differ in; one case alone by what it reads. */
export function casesOf({ info, points }: Standing): readonly SweepCaseName[] {
  const fulls = points.filter(isFull)
  const varies = (of: (point: SweepPoint) => unknown): boolean => new Set(fulls.map(of)).size > 1
  const parts: readonly (readonly [boolean, (point: SweepPoint) => string])[] = [
    [true, ({ passages }) => `${passages} passages`],
    [varies(({ retriever }) => retriever), ({ retriever }) => `${retriever} retriever`],
    [varies(({ set }) => set), ({ set }) => info.sets.find(({ hash }) => hash === set)?.name ?? set],
    [varies(({ bundle }) => bundle), ({ bundle }) => info.bundles.find(({ hash }) => hash === bundle)?.name ?? bundle],
    [varies(({ device }) => device), ({ device }) => device],
  ]
  const label = (point: SweepPoint): string => parts.flatMap(([says, of]) => (says ? [of(point)] : [])).join(', ')
  return fulls.map((point) => ({ key: caseOf(point), label: label(point) }))
}

/** Policies of a sweep that have a say: those that choose chunks. */
export function policiesOf({ points }: Standing): readonly SweepPoint['policy'][] {
  const chosen = new Set(points.map(({ policy }) => policy))
  const choosing = [...chosen].filter((policy) => policy !== 'all' && policy !== 'none')
  // A grid of p 0 and 1 alone leaves a policy nothing to choose.
  return choosing.length > 0 ? choosing : ['none']
}

/** A cell in a few words. */
export function planName({ k, p, policy }: Pick<SweepPoint, 'k' | 'p' | 'policy'>): string {
  if (k === null) return 'full context'
  return policy === 'none' ? `k ${k}, all compressed` : `k ${k}, p ${p}, ${policy}`
}
