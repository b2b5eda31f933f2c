/** Words, names and signs: how figures are written, keys, icons, facts, names of files. */
import type { CSSProperties } from 'react'
import { chordText, Keys } from '../parts/Keys.tsx'
import { CopyButton } from '../parts/CopyButton.tsx'
import { Facts } from '../parts/Facts.tsx'
import { FileName } from '../parts/FileName.tsx'
import { Icon, iconNames } from '../parts/Icon.tsx'
import {
  formatBytes,
  formatCount,
  formatLeft,
  formatMs,
  formatNats,
  formatProbability,
  formatRate,
  formatScore,
  formatSigned,
} from '../parts/format.ts'
import { diverging, sequential, styleOf } from '../parts/colour.ts'
import { idle, type Samples } from './sample.ts'

const steps = [0, 0.25, 0.5, 0.75, 1]

export const wordSamples: Samples = {
  format: [
    {
      state: 'figures with their units',
      show: () => (
        <Facts
          facts={[
            ['time', [0.4, 412, 1234, 61_000].map(formatMs).join(', ')],
            ['score', [0, 0.00002, 0.0312, 4.2, 1234].map(formatScore).join(', ')],
            ['difference', [-0.25, 0.25].map(formatSigned).join(', ')],
            ['nats', [-0.00001, 0.0123].map(formatNats).join(', ')],
            ['probability', [-0.0001, -0.7, -12].map(formatProbability).join(', ')],
            ['count', formatCount(1_234_567)],
            ['bytes', [12, 34_500, 9_800_000_000].map(formatBytes).join(', ')],
            ['rate', [412, 0.2].map(formatRate).join(', ')],
            ['left', [0.2, 42, 900, 9000].map(formatLeft).join(', ')],
          ]}
        />
      ),
    },
  ],
  colour: [
    {
      state: 'few to much',
      show: () => <Swatches paints={steps.map((t) => ({ text: t.toFixed(2), style: styleOf(sequential(t)) }))} />,
    },
    {
      state: 'worse to better',
      show: () => (
        <Swatches
          paints={steps.map((t) => ({ text: formatSigned(2 * t - 1), style: styleOf(diverging(2 * t - 1)) }))}
        />
      ),
    },
  ],
  Icon: [
    {
      state: 'each, with its name',
      show: () => (
        <div className="gallery-row gallery-wide">
          {iconNames.map((name) => (
            <span key={name} className="gallery-row">
              <Icon name={name} /> <small>{name}</small>
            </span>
          ))}
        </div>
      ),
    },
  ],
  Keys: [
    { state: 'one chord', show: () => <Keys chords={['Ctrl+K']} /> },
    { state: 'several', show: () => <Keys chords={['Ctrl+Shift+Z', 'Alt+ArrowLeft', 'Esc Esc', 'Space']} /> },
    { state: 'in words', show: () => <span>Search ({chordText('Ctrl+K')})</span> },
  ],
  Facts: [
    {
      state: 'short and long',
      show: () => (
        <div className="gallery-narrow">
          <Facts
            facts={[
              ['line', '4'],
              ['section', 'Yields › Wheat › What was measured in the wet years of the survey'],
              ['source', <FileName key="source" name="survey-of-the-northern-fields-1987-final.pdf" />],
            ]}
          />
        </div>
      ),
    },
  ],
  FileName: [
    { state: 'whole', show: () => <FileName name="atlas.txt" /> },
    {
      state: 'cut in its middle',
      show: () => (
        <div className="gallery-narrow">
          <FileName name="survey-of-the-northern-fields-1987-final.pdf" path="/documents/survey.pdf" />
        </div>
      ),
    },
  ],
  CopyButton: [
    {
      state: 'ready; pressed, it says so',
      show: () => <CopyButton label="Copy text" text={() => 'text'} onSay={idle} />,
    },
  ],
}

function Swatches({
  paints,
}: {
  readonly paints: readonly { readonly text: string; readonly style: CSSProperties }[]
}) {
  return (
    <div className="heat-legend">
      {paints.map(({ text, style }) => (
        <span key={text} className="heat-key" style={style}>
          {text}
        </span>
      ))}
    </div>
  )
}
