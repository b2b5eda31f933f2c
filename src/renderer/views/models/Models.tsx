/** The models screen: what is imported, what can be, and what fits together. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { takeDrops } from '../../state/drops.ts'
import { engine } from '../../state/engine.ts'
import { listModels, models } from '../../state/models.ts'
import { watchDownloads } from '../../state/modelsDownloads.ts'
import { readAccess } from '../../state/modelsHub.ts'
import { Add, takeFolder } from './Add.tsx'
import { Bundles } from './Bundles.tsx'
import { Compatibility } from './Compatibility.tsx'
import { Details } from './Details.tsx'
import { Downloads } from './Downloads.tsx'
import { Imported } from './Imported.tsx'
import { Pair } from './Pair.tsx'

export function Models() {
  const ready = useStore(engine, (state) => state.status.state === 'ready')
  const shown = useStore(models, ({ list, shown: name }) => list?.find((model) => model.name === name) ?? null)
  useEffect(() => {
    if (!ready) return
    void listModels()
    void readAccess()
    return watchDownloads()
  }, [ready])
  useEffect(() => takeDrops('Drop a model’s folder, or its safetensors, to look it over', takeFolder), [])
  return (
    <main className="models">
      <h1 className="unseen">Models</h1>
      <div className="models-grid">
        <div className="models-column">
          <Imported stale={!ready} />
          {shown !== null && <Details key={shown.name} model={shown} stale={!ready} />}
          <Downloads stale={!ready} />
        </div>
        <Add />
        <div className="models-column">
          <Compatibility stale={!ready} />
          <Pair stale={!ready} />
          <Bundles stale={!ready} />
        </div>
      </div>
    </main>
  )
}
