/** A bundle as a row: the one that is open, which can go out of memory, and one that the engine can be started with. */
import { useStore } from 'zustand'
import { toServe } from '../../../shared/command.ts'
import type { BundleInfo } from '../../../shared/bundles.ts'
import { untrainedText } from '../../../shared/untrained.ts'
import type { Health } from '../../../shared/workbenchContract.ts'
import { canReveal, reveal } from '../../link.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { formatCount, formatLarge } from '../../parts/format.ts'
import { chooseBundle } from '../../state/bundles.ts'
import { held, loadBundle, unloadBundle } from '../../state/held.ts'
import { say } from '../../state/view.ts'
import { perform } from '../frame/commands.ts'

type TimeProps = {
  readonly stale: boolean
  /** Its speed is shown beneath the table. */
  readonly timed: boolean
  readonly onTime: (info: BundleInfo) => void
}

type OpenProps = TimeProps & {
  readonly bundle: Health['bundle']
  /** Undefined until the bundles are listed. */
  readonly info: BundleInfo | undefined
  readonly inMemory: boolean
}

export function OpenBundle({ bundle, info, stale, inMemory, timed, onTime }: OpenProps) {
  const work = useStore(held, (state) => state.busy)
  const busy = work !== null
  const { name, hash, parameters, ks, window: positions, toy } = bundle
  return (
    <tr>
      <th scope="row" title={info?.folder}>
        {name} {toy && <span className="badge">Toy model</span>}
      </th>
      <td>
        <code>{hash.slice(0, 8)}</code>
      </td>
      <td>{formatLarge(parameters)}</td>
      <td>{ks.join(', ')}</td>
      <td>{formatCount(positions)}</td>
      <td className="words" aria-live="polite">
        {work?.model === null ? `${work.doing}…` : inMemory ? 'loaded' : 'not loaded'}
      </td>
      <td>
        <span className="models-acts">
          {inMemory ? (
            <button
              type="button"
              disabled={stale || busy}
              title="It goes out of memory; a question opens it again"
              onClick={() => void unloadBundle(name)}
            >
              Unload
            </button>
          ) : (
            <button type="button" disabled={stale || busy} onClick={() => void loadBundle(name)}>
              Load
            </button>
          )}
          {info !== undefined && <Common info={info} timed={timed} onTime={onTime} />}
        </span>
      </td>
    </tr>
  )
}

type OtherProps = TimeProps & { readonly info: BundleInfo; readonly home: string }

/** A bundle that is not loaded: the engine is started again with it, once the work it does now is let go. */
export function OtherBundle({ info, home, stale, timed, onTime }: OtherProps) {
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
          <td className="words">closed</td>
        </>
      ) : (
        <td colSpan={4} className="bad">
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
          {damaged === undefined && <Common info={info} timed={timed} onTime={onTime} />}
        </span>
      </td>
    </tr>
  )
}

/** What can be done with any bundle that is whole. */
function Common({ info, timed, onTime }: Omit<TimeProps, 'stale'> & { readonly info: BundleInfo }) {
  return (
    <>
      <button type="button" aria-expanded={timed} onClick={() => onTime(info)}>
        Speed
      </button>
      {canReveal() ? (
        <button type="button" onClick={() => reveal(info.folder)}>
          Reveal
        </button>
      ) : (
        <CopyButton label="Copy path" text={() => info.folder} onSay={say} />
      )}
    </>
  )
}
