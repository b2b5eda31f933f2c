/** The corpus screen: what was dropped, before it is indexed; then documents, the reader, and the index they make. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { Choice } from '../../parts/Choice.tsx'
import { corpus } from '../../state/corpus.ts'
import { checkOf, indexCheck } from '../../state/indexCheck.ts'
import { plan } from '../../state/plan.ts'
import { lookAt, reader } from '../../state/reader.ts'
import { review } from '../../state/review.ts'
import { BuildCard } from '../start/BuildCard.tsx'
import { Check } from './Check.tsx'
import { Documents } from './Documents.tsx'
import { Reader } from './Reader.tsx'
import { ReviewSheet } from './ReviewSheet.tsx'
import { TestSearch } from './TestSearch.tsx'

export function Corpus() {
  const reviewing = useStore(review, ({ paths, job }) => paths.length > 0 || job.phase !== 'idle')
  const indexes = useStore(corpus, (state) => state.indexes)
  const made = useStore(corpus, (state) => state.build.made)
  const path = useStore(reader, (state) => state.path)
  const planned = useStore(plan, (state) => state.present.index)
  const known = indexes?.some((each) => each.path === path) ?? false
  // The index that was just made, else the bench's, else the latest.
  const wanted = known ? path : (indexes?.find((each) => each.path === planned) ?? indexes?.[0])?.path
  useEffect(() => {
    if (made !== null) void lookAt(made.path)
  }, [made])
  useEffect(() => {
    if (wanted !== undefined) void lookAt(wanted)
  }, [wanted])
  useEffect(() => checkOf(path), [path])
  const checked = useStore(indexCheck, (state) => state.path)
  if (reviewing)
    return (
      <main className="corpus">
        <h1 className="unseen">Corpus</h1>
        <ReviewSheet />
      </main>
    )
  return (
    <main className="corpus">
      <h1 className="unseen">Corpus</h1>
      <div className="corpus-head">
        {indexes !== null && indexes.length > 0 && (
          <Choice
            label="index"
            value={path}
            options={indexes.map((each) => [each.path, each.name])}
            onChange={(next) => void lookAt(next)}
          />
        )}
        <span className="quiet">
          Drop files or folders anywhere to make {indexes?.length === 0 ? 'an index' : 'another'}: they are looked over
          first.
        </span>
      </div>
      <BuildCard brief />
      <div className="corpus-panes">
        <Documents />
        <Reader />
        <div className="corpus-side">
          <Check info={indexes?.find((each) => each.path === path) ?? null} />
          <TestSearch key={checked} path={path} />
        </div>
      </div>
    </main>
  )
}
