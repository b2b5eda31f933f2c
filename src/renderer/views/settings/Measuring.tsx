/** What is measured by default: asks timed, asks before the clock counts. */
import { useStore } from 'zustand'
import { settingBounds } from '../../../shared/settings.ts'
import { NumberField } from '../../parts/NumberField.tsx'
import { Pane } from '../../parts/Pane.tsx'
import { changeSettings, settings } from '../../state/settings.ts'
import { Row } from './Row.tsx'

const rows = [
  {
    name: 'repeats',
    title: 'Asks of a case in a sweep',
    about: 'Timed; its TTFT is their median. A new sweep begins with this number.',
  },
  { name: 'warmups', title: 'Warm-ups of a cell', about: 'Asks before the clock of a sweep’s cell counts.' },
  { name: 'chartRepeats', title: 'Rounds of the bench’s chart', about: 'Timed rounds after one that is dropped.' },
] as const

export function Measuring() {
  const now = useStore(settings, (state) => state.now)
  return (
    <Pane title="Measurement">
      {rows.map(({ name, title, about }) => {
        const [min, max] = settingBounds[name]
        return (
          <Row key={name} title={title} about={about}>
            <NumberField
              label={title}
              value={now[name]}
              min={min}
              max={max}
              onChange={(value) => void changeSettings({ [name]: value })}
              onSettle={() => {}}
            />
          </Row>
        )
      })}
    </Pane>
  )
}
