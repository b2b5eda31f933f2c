/** Bundles: all parts of one REFRAG, loaded together. The one that the engine holds, and the others, each of which it can be started with. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { toServe } from '../../../shared/command.ts'
import type { BundleInfo } from '../../../shared/bundles.ts'
import { untrainedText } from '../../../shared/untrained.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { formatCount, formatLarge } from '../../parts/format.ts'
import { bundles, chooseBundle, listBundles } from '../../state/bundles.ts'
import { engine } from '../../state/engine.ts'
import { pairing } from '../../state/pairing.ts'
import { say } from '../../state/view.ts'
import { perform } from '../frame/commands.ts'

export function Bundles({ stale }: { readonly stale: boolean }) {
  const health = useStore(engine, (state) => state.health)
  const { list, fault } = useStore(bundles)
  const made = useStore(pairing, (state) => state.made)
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
  const others = (list ?? []).filter(({ hash }) => hash !== bundle.hash)
  return (
    <Pane
      title="Bundles"
      stale={stale}
      note="encoder, projector, decoder, policies, embedder and tokenizer, loaded together"
    >
      {fault !== null && (
        <FaultNote what={fault.what} fault={fault.fault} onDismiss={() => bundles.setState({ fault: null })} />
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
              <th scope="col">state</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">
                {bundle.name} {bundle.toy && <span className="badge">Toy model</span>}
              </th>
              <td>
                <code>{bundle.hash.slice(0, 8)}</code>
              </td>
              <td>{formatLarge(bundle.parameters)}</td>
              <td>{bundle.ks.join(', ')}</td>
              <td>{formatCount(bundle.window)}</td>
              <td>loaded</td>
            </tr>
            {others.map((info) => (
              <Other key={info.folder} info={info} home={home} stale={stale} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </Pane>
  )
}

type OtherProps = { readonly info: BundleInfo; readonly home: string; readonly stale: boolean }

/** A bundle that is not loaded: the engine is started again with it, once the work it does now is let go. */
function Other({ info, home, stale }: OtherProps) {
  const { name, hash, folder, parameters, ks, window: positions, toy, untrained, damaged } = info
  const open = async (): Promise<void> => {
    if (await chooseBundle(info)) perform('restart-engine')
  }
  return (
    <tr>
      <th scope="row" title={folder}>
        {name} {toy && <span className="badge">Toy model</span>}
        {untrained !== undefined && untrained.length > 0 && <small>untrained: {untrainedText(untrained)}</small>}
      </th>
      <td>
        <code>{hash.slice(0, 8)}</code>
      </td>
      {damaged === undefined ? (
        <>
          <td>{formatLarge(parameters)}</td>
          <td>{ks.join(', ')}</td>
          <td>{formatCount(positions)}</td>
        </>
      ) : (
        <td colSpan={3} className="bad">
          {damaged}
        </td>
      )}
      <td>
        <span className="models-acts">
          <button
            type="button"
            disabled={stale || damaged !== undefined}
            title="The engine is started again with it"
            onClick={() => void open()}
          >
            Open
          </button>
          <CopyButton
            label="Copy command"
            text={() => toServe(folder, home)}
            done="The command that opens it is copied."
            onSay={say}
          />
        </span>
      </td>
    </tr>
  )
}
