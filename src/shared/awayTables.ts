/** What tables say of answers that a server decoded: their times hold the way there and back, and nothing was scored. */
import type { ColumnOf } from './table.ts'

export const awayCaption =
  'Decoded elsewhere: times hold the network and what the server had to do beside; log-perplexity needs the decoder here.'

/** Columns of times that are then not those of this machine alone, by their keys. */
const labels: Readonly<Record<string, string>> = {
  ttft: 'TTFT with network',
  ttft_ms: 'TTFT with network',
  ttit_ms: 'TTIT with network',
  full_ttft: 'full, with network',
}

/** A column under the heading that it has where a server decoded. */
export function withNetwork<Row>(column: ColumnOf<Row>): ColumnOf<Row> {
  return { ...column, label: labels[column.key] ?? column.label }
}
