/** The settings of the next sweep, and what the engine is asked for with them. */
import { createStore } from 'zustand/vanilla'
import type { Retriever } from '../../shared/evaluate.ts'
import { cellsOf, sweepPresets, type SweepPresetName } from '../../shared/grid.ts'
import type { PolicyName } from '../../shared/plan.ts'
import type { SweepInfo, SweepPoint } from '../../shared/sweep.ts'
import type { Client } from '../link.ts'
import { corpus } from './corpus.ts'
import { engine } from './engine.ts'
import { pathsOf, upload } from './files.ts'
import { plan } from './plan.ts'

/** What is null is left to the bundle, the bench or the engine. */
export type SweepSettings = {
  /** The sweep that the next grid is measured beside; its index, questions and repeats stand. */
  readonly beside: SweepInfo | null
  readonly index: string | null
  /** Question files, each a set; without any the demo's questions, where its index is the one chosen. */
  readonly files: readonly File[]
  readonly ks: readonly number[] | null
  readonly ps: readonly number[]
  readonly policies: readonly PolicyName[]
  readonly passages: readonly number[]
  readonly retrievers: readonly Retriever[]
  /** Folders of bundles that are compared; the loaded one where empty. */
  readonly bundles: readonly string[]
  readonly limit: number
  readonly repeats: number
  readonly warmups: number
  readonly seed: number
  readonly minutes: number | null
  /** A server that was confirmed. */
  readonly decoder: string | null
}

export const firstSettings: SweepSettings = {
  beside: null,
  index: null,
  files: [],
  ks: null,
  ps: [0, 0.25, 0.5, 1],
  policies: ['learned'],
  passages: [4],
  retrievers: ['strong'],
  bundles: [],
  limit: 12,
  repeats: 1,
  warmups: 1,
  seed: 7,
  minutes: null,
  decoder: null,
}

export const sweepSetUp = createStore<SweepSettings>()(() => firstSettings)

export function setSweepSettings(change: Partial<SweepSettings>): void {
  sweepSetUp.setState(change)
}

/** Takes the grid of a preset; k are those of the bundle. Beside a sweep its cases and repeats stand. */
export function takePreset(name: SweepPresetName): void {
  const { ks, ps, limit, repeats } = sweepPresets[name](knownKs())
  const grid = { ks, ps }
  setSweepSettings(sweepSetUp.getState().beside === null ? { ...grid, limit, repeats } : grid)
}

/** Settings that every cell of one sweep shares: they stand while a grid is measured beside another. */
export function setUpBeside(info: SweepInfo): void {
  const { ks, ps, policies, passages, retrievers, bundles, limit, repeats, warmups, seed, minutes, decoder } =
    info.input
  setSweepSettings({
    beside: info,
    index: info.index.path,
    files: [],
    ks,
    ps,
    policies,
    passages,
    retrievers,
    bundles,
    limit,
    repeats,
    warmups,
    seed,
    minutes: minutes ?? null,
    decoder: decoder ?? null,
  })
}

/** Whether two settings ask for the same cells. */
export function sameSweep({ files, ...rest }: SweepSettings, { files: others, ...other }: SweepSettings): boolean {
  const sameFiles = files.length === others.length && files.every((file, at) => file === others[at])
  return sameFiles && JSON.stringify(rest) === JSON.stringify(other)
}

function knownKs(): readonly number[] {
  return engine.getState().health?.bundle.ks ?? []
}

/** The chunk sizes of the next sweep: those chosen, or all of the bundle. */
export function sweptKs({ ks }: Pick<SweepSettings, 'ks'>): readonly number[] {
  return ks ?? knownKs()
}

/** The index of the next sweep: that chosen, that of the bench, or the latest. */
export function sweptIndex({ index }: Pick<SweepSettings, 'index'>): string | null {
  const known = corpus.getState().indexes ?? []
  const wanted = index ?? plan.getState().present.index
  return known.find(({ path }) => path === wanted)?.path ?? (index === null ? (known[0]?.path ?? null) : index)
}

/** Names of the question sets that stand; empty where none is chosen. */
export function setNames({ beside, files, index }: SweepSettings): readonly string[] {
  if (files.length > 0) return files.map(({ name }) => name)
  if (beside !== null) return beside.sets.map(({ name }) => name)
  const { demoQuestions, demoIndex } = corpus.getState()
  return demoQuestions.length > 0 && sweptIndex({ index }) === demoIndex ? ['questions of the demo'] : []
}

/** Cases of all sets together, at most: how many a file holds is known when it is read. */
export function mostCases(settings: SweepSettings): number {
  const { beside, files, limit } = settings
  if (beside !== null) return beside.sets.reduce((sum, { cases }) => sum + cases, 0)
  const names = setNames(settings)
  return files.length > 0 ? limit * names.length : Math.min(limit, corpus.getState().demoQuestions.length)
}

/** The cells that the settings ask for; sets and bundles that are not read yet go by their names. */
export function plannedCells(settings: SweepSettings): readonly SweepPoint[] {
  const { ps, policies, passages, retrievers, bundles, beside } = settings
  const ks = sweptKs(settings)
  const sets = beside?.sets.map(({ hash }) => hash) ?? setNames(settings)
  if (ks.length === 0 || sets.length === 0) return []
  const folders = bundles.length > 0 ? bundles : ['loaded']
  return cellsOf([
    {
      ks: [...ks],
      ps: [...ps],
      policies: [...policies],
      passages: [...passages],
      retrievers: [...retrievers],
      sets: [...sets],
      bundles: beside?.bundles.map(({ hash }) => hash) ?? [...folders],
      devices: ['cpu'],
    },
  ])
}

export type SweepBegin = Parameters<Client['sweep']['begin']>[0]

/** What the engine is asked for with `settings`; files that it cannot reach by path are sent first. */
export async function sweepInputOf(settings: SweepSettings, signal: AbortSignal): Promise<SweepBegin> {
  const { beside, files, minutes, decoder } = settings
  const { ps, policies, passages, retrievers, bundles, limit, repeats, warmups, seed } = settings
  return {
    index: sweptIndex(settings) ?? '',
    questions: beside?.input.questions ?? (await questionPaths(files, signal)),
    ks: [...sweptKs(settings)],
    ps: [...ps],
    policies: [...policies],
    passages: [...passages],
    retrievers: [...retrievers],
    bundles: [...bundles],
    limit,
    repeats,
    warmups,
    seed,
    ...(beside === null ? {} : { out: beside.id, weakOf: beside.input.weakOf }),
    ...(minutes === null ? {} : { minutes }),
    ...(decoder === null ? {} : { decoder }),
  }
}

/** The chosen files, or the demo's questions, which no disk of a person's holds. */
async function questionPaths(files: readonly File[], signal: AbortSignal): Promise<string[]> {
  return files.length > 0 ? pathsOf(files, signal) : [await upload(demoFile())]
}

/** The demo's questions as a file: the engine reads question sets from files alone. */
function demoFile(): File {
  const lines = corpus.getState().demoQuestions.map((question) => JSON.stringify(question))
  return new File([`${lines.join('\n')}\n`], 'demo.jsonl')
}
