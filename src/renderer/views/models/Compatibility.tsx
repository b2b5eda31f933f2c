/** Which imported encoder can stand before which imported decoder, with the projector between them or the reason why not. */
import { useStore } from 'zustand'
import type { ModelInfo } from '../../../shared/models.ts'
import { Pane, Scroll } from '../../parts/Pane.tsx'
import { formatCount } from '../../parts/format.ts'
import { models } from '../../state/models.ts'
import { fitOf } from './fit.ts'

export function Compatibility({ stale }: { readonly stale: boolean }) {
  const list = useStore(models, (state) => state.list)
  const decoders = (list ?? []).filter(({ role }) => role === 'decoder')
  const encoders = (list ?? []).filter(({ role }) => role !== 'decoder')
  if (decoders.length === 0) return null
  return (
    <Pane title="Fit together" stale={stale} note="encoder before decoder, by their hidden sizes">
      <Scroll className="models-table fits-scroll">
        <table className="fits">
          <caption className="unseen">Encoders and decoders that fit together</caption>
          <thead>
            <tr>
              <th scope="col">encoder</th>
              {decoders.map(({ name, hidden }) => (
                <th key={name} scope="col">
                  {name} <span>hidden {formatCount(hidden)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">
                one of its own <small>made to fit, untrained</small>
              </th>
              {decoders.map((decoder) => (
                <Cell key={decoder.name} decoder={decoder} encoder={null} />
              ))}
            </tr>
            {encoders.map((encoder) => (
              <tr key={encoder.name}>
                <th scope="row">
                  {encoder.name}{' '}
                  <small>
                    {encoder.role}, hidden {formatCount(encoder.hidden)}
                  </small>
                </th>
                {decoders.map((decoder) => (
                  <Cell key={decoder.name} decoder={decoder} encoder={encoder} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Pane>
  )
}

type CellProps = { readonly decoder: ModelInfo; readonly encoder: ModelInfo | null }

/** A pair; the reason stands beneath it, for whoever reads and for whoever hears. */
function Cell({ decoder, encoder }: CellProps) {
  // An encoder of its own reads the decoder's tokens.
  const { fits, says, why } = fitOf(encoder ?? decoder, decoder)
  const own = encoder === null && fits
  return (
    <td data-fits={fits}>
      <span aria-hidden="true">{fits ? '✓' : '✕'}</span> {own ? 'fits' : says}
      <small>{own ? 'It reads the decoder’s own tokens.' : why}</small>
    </td>
  )
}
