/** Bundles: all parts of one REFRAG, loaded together. The one that the engine holds, and those made of trainings. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { toServe } from '../../../shared/command.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { formatCount, formatLarge } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'
import { listTrainings, train } from '../../state/train.ts'
import { say } from '../../state/view.ts'

export function Bundles({ stale }: { readonly stale: boolean }) {
  const health = useStore(engine, (state) => state.health)
  const made = useStore(train, ({ list }) => list)?.flatMap(({ bundles }) => bundles) ?? []
  useEffect(() => {
    if (!stale) void listTrainings()
  }, [stale])
  if (health === null) {
    return (
      <Pane title="Bundles">
        <Loading label="Asking the engine what it holds" lines={1} />
      </Pane>
    )
  }
  const { bundle, home } = health
  return (
    <Pane
      title="Bundles"
      stale={stale}
      note="encoder, projector, decoder, policies, embedder and tokenizer, loaded together"
    >
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
            {made
              .filter(({ hash }) => hash !== bundle.hash)
              .map(({ name, hash, out, step }) => (
                <tr key={out}>
                  <th scope="row">{name}</th>
                  <td>
                    <code>{hash.slice(0, 8)}</code>
                  </td>
                  <td colSpan={3}>made of a training, step {formatCount(step)}</td>
                  <td>
                    <CopyButton
                      label="Copy command"
                      text={() => toServe(out, home)}
                      done="The command that opens it is copied."
                      onSay={say}
                    />
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </Scroll>
    </Pane>
  )
}
