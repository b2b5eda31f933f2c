/** Bundles: all parts of one REFRAG, loaded together. The one that the engine holds, and the others, each of which it can be started with. */
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { BundleInfo } from '../../../shared/bundles.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { bundles, listBundles } from '../../state/bundles.ts'
import { engine } from '../../state/engine.ts'
import { held } from '../../state/held.ts'
import { jobs } from '../../state/jobs.ts'
import { pairing } from '../../state/pairing.ts'
import { EngineOptions } from './EngineOptions.tsx'
import { OpenBundle, OtherBundle } from './BundleRows.tsx'
import { Speed } from './Speed.tsx'

export function Bundles({ stale }: { readonly stale: boolean }) {
  const health = useStore(engine, (state) => state.health)
  const { list, fault } = useStore(bundles)
  const made = useStore(pairing, (state) => state.made)
  const inMemory = useStore(jobs, (state) => state.held?.bundle !== false)
  const letting = useStore(held, (state) => (state.fault?.model === null ? state.fault : null))
  const [timed, setTimed] = useState<string | null>(null)
  // Listed anew where one was made, and where the engine has come back with another.
  useEffect(() => {
    if (!stale) void listBundles()
  }, [stale, made])
  if (health === null) {
    return (
      <Pane title="Bundles">
        <Loading label="Asking the engine what it holds" lines={1} />
      </Pane>
    )
  }
  const { bundle, home } = health
  const open = list?.find(({ hash }) => hash === bundle.hash)
  const others = (list ?? []).filter(({ hash }) => hash !== bundle.hash)
  const chosen = list?.find(({ folder, damaged }) => folder === timed && damaged === undefined)
  const toggle = ({ folder }: BundleInfo): void => setTimed(folder === timed ? null : folder)
  return (
    <Pane
      title="Bundles"
      stale={stale}
      note="encoder, projector, decoder, policies, embedder and tokenizer, loaded together"
      className="bundles"
    >
      {fault !== null && (
        <FaultNote what={fault.what} fault={fault.fault} onDismiss={() => bundles.setState({ fault: null })} />
      )}
      {letting !== null && (
        <FaultNote what={letting.what} fault={letting.fault} onDismiss={() => held.setState({ fault: null })} />
      )}
      {!inMemory && !stale && (
        <p className="note" role="status">
          Nothing is loaded: {bundle.name} is out of memory. A question opens it again and waits for that once; so does
          Load.
        </p>
      )}
      <Scroll className="models-table">
        <table>
          <caption className="unseen">Bundles</caption>
          <thead>
            <tr>
              <th scope="col">bundle</th>
              <th scope="col">hash</th>
              <th scope="col">parameters</th>
              <th scope="col">k</th>
              <th scope="col">window</th>
              <th scope="col" className="words">
                state
              </th>
              <th scope="col">
                <span className="unseen">actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            <OpenBundle
              bundle={bundle}
              info={open}
              stale={stale}
              inMemory={inMemory}
              timed={open !== undefined && open.folder === timed}
              onTime={toggle}
            />
            {others.map((info) => (
              <OtherBundle
                key={info.folder}
                info={info}
                home={home}
                stale={stale}
                timed={info.folder === timed}
                onTime={toggle}
              />
            ))}
          </tbody>
        </table>
      </Scroll>
      {chosen !== undefined && (
        <Speed
          key={chosen.folder}
          kind="bundle"
          id={chosen.folder}
          name={chosen.name}
          timed={{ decodes: true, weights: true }}
          stale={stale}
        />
      )}
      <EngineOptions />
    </Pane>
  )
}
