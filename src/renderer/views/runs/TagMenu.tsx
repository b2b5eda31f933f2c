/** The tags of the chosen runs: what any of them carries, put on or taken off all of them at once. */
import { useStore } from 'zustand'
import { mostTags } from '../../../shared/runs.ts'
import { Tags } from '../../parts/Tags.tsx'
import { runs, tagRuns, tagsOf } from '../../state/runs.ts'
import { filterByTag } from '../../state/runsView.ts'
import { chosenTagId } from './keys.ts'

export function TagMenu({ ids }: { readonly ids: readonly string[] }) {
  const list = useStore(runs, (state) => state.list) ?? []
  const wanted = new Set(ids)
  const own = list.filter(({ id }) => wanted.has(id))
  return (
    <details className="runs-menu">
      <summary>Tag</summary>
      <div className="runs-menu-body runs-tag-body">
        <Tags
          label="the chosen runs"
          tags={tagsOf(own).map(([name, count]) =>
            count === own.length ? { name } : { name, note: `${count} of ${own.length}` },
          )}
          known={tagsOf(list).map(([tag]) => tag)}
          // Each run has its own limit; what all of them carry together has none.
          most={mostTags * Math.max(1, own.length)}
          fieldId={chosenTagId}
          onAdd={(tag) => void tagRuns(ids, tag, true)}
          onRemove={(tag) => void tagRuns(ids, tag, false)}
          onPick={filterByTag}
        />
      </div>
    </details>
  )
}
