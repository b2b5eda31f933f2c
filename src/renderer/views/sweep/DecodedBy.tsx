/** Who decodes the next sweep: shown where there is a server to choose, or one was chosen. */
import { useId } from 'react'
import { useStore } from 'zustand'
import { setSweepSettings, sweepSetUp } from '../../state/sweepSetUp.ts'
import { DecoderSelect } from '../remote/DecoderSelect.tsx'
import { useKnownServers } from '../remote/knownServers.ts'

export function DecodedBy() {
  const { beside, decoder } = useStore(sweepSetUp)
  const known = useKnownServers()
  const id = useId()
  if (known === 0 && decoder === null) return null
  return (
    <div className="decoded-by">
      <div className="set-up-row">
        <span className="label" aria-hidden="true">
          Decoder
        </span>
        {beside === null ? (
          <DecoderSelect
            label="Decoder"
            describedBy={id}
            value={decoder}
            onChange={(name) => setSweepSettings({ decoder: name })}
          />
        ) : (
          <span>{decoder ?? 'the bundle’s own'}</span>
        )}
      </div>
      <p className="quiet" id={id} hidden={decoder === null}>
        Times hold the network too. Log-perplexity is not measured: it needs the decoder here.
      </p>
    </div>
  )
}
