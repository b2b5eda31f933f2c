/** What is pressed, chosen and typed into. */
import { useState, type ReactNode } from 'react'
import { Choice } from '../parts/Choice.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { NumberField } from '../parts/NumberField.tsx'
import { NumbersField } from '../parts/NumbersField.tsx'
import { Segments } from '../parts/Segments.tsx'
import { ShareSlider } from '../parts/ShareSlider.tsx'
import { Tags, type Tag } from '../parts/Tags.tsx'
import { idle, type Samples } from './sample.ts'

export const fieldSamples: Samples = {
  button: [
    {
      state: 'usual',
      show: () => (
        <Row>
          <button type="button">Estimate</button>
          <button type="button">
            Compare <kbd>Ctrl+D</kbd>
          </button>
        </Row>
      ),
    },
    {
      state: 'the one to press',
      show: () => (
        <button type="button" className="primary">
          Run <kbd>Ctrl+↵</kbd>
        </button>
      ),
    },
    {
      state: 'cannot be taken back',
      show: () => (
        <button type="button" className="danger">
          Delete
        </button>
      ),
    },
    {
      state: 'not now, with the reason to be reached',
      show: () => (
        <Row>
          <button type="button" disabled>
            Take it
          </button>
          <button type="button" className="primary" aria-disabled title="Write a question first.">
            Run
          </button>
        </Row>
      ),
    },
    {
      state: 'on and off',
      show: () => (
        <div className="button-row">
          <button type="button" aria-pressed>
            Expand <kbd>E</kbd>
          </button>
          <button type="button" aria-pressed={false}>
            Compress <kbd>C</kbd>
          </button>
        </div>
      ),
    },
    {
      state: 'within words',
      show: () => (
        <Row>
          <button type="button" className="linkish">
            Open on the bench
          </button>
          <button type="button" className="plain">
            One only <kbd>Esc</kbd>
          </button>
        </Row>
      ),
    },
  ],
  Segments: [
    { state: 'one of them', show: () => <Ks known={[8, 16, 32, 64]} /> },
    { state: 'some cannot be taken', show: () => <Ks known={[8, 16]} /> },
  ],
  Choice: [
    {
      state: 'chosen',
      show: () => (
        <Choice
          label="zoom"
          value="tiles"
          options={[
            ['tiles', 'tiles'],
            ['cards', 'cards'],
          ]}
          onChange={idle}
        />
      ),
    },
  ],
  NumberField: [
    { state: 'fits', show: () => <Passages value={4} /> },
    { state: 'does not fit: type 999', show: () => <Passages value={200} /> },
  ],
  NumbersField: [
    { state: 'fits', show: () => <Numbers values={[0, 0.25, 1]} /> },
    { state: 'does not fit: type a letter', show: () => <Numbers values={[0.5]} /> },
  ],
  ShareSlider: [
    { state: 'nothing', show: () => <Share first={0} /> },
    { state: 'a quarter', show: () => <Share first={0.25} /> },
    { state: 'all', show: () => <Share first={1} /> },
  ],
  Tags: [
    { state: 'none yet', show: () => <Tagged first={[]} most={20} /> },
    {
      state: 'some, of which one is on a few of those chosen',
      show: () => <Tagged first={[{ name: 'baseline' }, { name: 'long context', note: '2 of 5' }]} most={20} />,
    },
    { state: 'as many as there may be', show: () => <Tagged first={[{ name: 'a' }, { name: 'b' }]} most={2} /> },
  ],
  Confirm: [{ state: 'asked', show: () => <Asked /> }],
}

function Row({ children }: { readonly children: ReactNode }) {
  return <div className="gallery-row">{children}</div>
}

function Ks({ known }: { readonly known: readonly number[] }) {
  const [k, setK] = useState(8)
  const options = [8, 16, 32, 64].map((value) => {
    const segment = { value, label: String(value) }
    return known.includes(value) ? segment : { ...segment, why: `The encoder takes k ${known.join(', ')}.` }
  })
  return <Segments label={`k of ${known.length}`} value={k} options={options} onChange={setK} />
}

function Passages({ value }: { readonly value: number }) {
  const [now, setNow] = useState(value)
  return <NumberField label="passages" value={now} min={0} max={200} onChange={setNow} onSettle={idle} />
}

function Numbers({ values }: { readonly values: readonly number[] }) {
  const [now, setNow] = useState(values)
  return <NumbersField label="p" values={now} min={0} max={1} whole={false} onChange={setNow} />
}

function Share({ first }: { readonly first: number }) {
  const [p, setP] = useState(first)
  return <ShareSlider value={p} meaning={`expand ${Math.floor(p * 48)} of 48 chunks`} onChange={setP} onSettle={idle} />
}

function Tagged({ first, most }: { readonly first: readonly Tag[]; readonly most: number }) {
  const [tags, setTags] = useState(first)
  return (
    <div className="gallery-wide">
      <Tags
        label={`the runs, ${most} at most, ${first.length} at first`}
        tags={tags}
        known={['baseline', 'long context', 'to be looked at']}
        most={most}
        onAdd={(name) => setTags([...tags, { name }])}
        onRemove={(gone) => setTags(tags.filter(({ name }) => name !== gone))}
        onPick={idle}
      />
    </div>
  )
}

function Asked() {
  const [asked, setAsked] = useState(false)
  return (
    <>
      <button type="button" onClick={() => setAsked(true)}>
        Discard…
      </button>
      {asked && (
        <Confirm
          title="Discard the training?"
          keepLabel="Keep it"
          doLabel="Discard"
          onKeep={() => setAsked(false)}
          onDo={() => setAsked(false)}
        >
          Its 1,200 steps and checkpoints will be gone.
        </Confirm>
      )}
    </>
  )
}
