/** What a run says of a decoder elsewhere: where it was, what it was sent, and what the network took. */
import { decoderWords } from '../../../shared/remoteKinds.ts'
import type { Run, Timings } from '../../../shared/run.ts'
import type { Fact } from '../../parts/Facts.tsx'
import type { Phase } from '../../parts/Waterfall.tsx'
import { formatBytes, formatMs, plural } from '../../parts/format.ts'

/** Nothing of a run that was decoded here. */
export function decoderFacts({ manifest: { decoder } }: Pick<Run, 'manifest'>): readonly Fact[] {
  if (decoder === undefined) return []
  const { positions, dtype, bytes, roundTripMs } = decoder
  const what = positions === null ? 'text' : `${plural(positions, 'position')} as ${dtype}`
  return [
    ['decoded elsewhere', decoderWords(decoder) ?? ''],
    ['sent there', `${what}, ${formatBytes(bytes)}`],
    ...(roundTripMs === null ? [] : [['round trip', formatMs(roundTripMs)] as const]),
  ]
}

/** The phases of TTFT that the network takes; none where there is none. */
export function wirePhases({ serializeMs, connectMs, sendMs }: Timings): readonly Phase[] {
  if (serializeMs === undefined || connectMs === undefined || sendMs === undefined) return []
  return [
    { name: 'write request', ms: serializeMs },
    { name: 'connect', ms: connectMs },
    { name: 'send', ms: sendMs },
  ]
}
