/** Chunks and what the decoder is fed: tiles, the map, the ribbon, scores, the answer's tokens. */
import { useState } from 'react'
import { AnswerText } from '../parts/AnswerText.tsx'
import { Minimap } from '../parts/Minimap.tsx'
import { Ribbon } from '../parts/Ribbon.tsx'
import { ScoreBars } from '../parts/ScoreBars.tsx'
import { Tile, type TileProps } from '../parts/Tile.tsx'
import { TokenBars } from '../parts/TokenBars.tsx'
import { TokenFacts } from '../parts/TokenFacts.tsx'
import { ChunkCell } from '../views/bench/ChunkCell.tsx'
import { bars, mapOf, tokens } from './data.ts'
import { idle, type Samples } from './sample.ts'

export const chunkSamples: Samples = {
  Tile: [
    { state: 'compressed by the policy', show: () => <Tiles fill={0.3} /> },
    { state: 'expanded by the policy', show: () => <Tiles expanded fill={0.8} /> },
    { state: 'expanded by hand', show: () => <Tiles expanded forced fill={0.2} /> },
    { state: 'compressed by hand', show: () => <Tiles forced fill={0.9} /> },
    { state: 'no score', show: () => <Tiles fill={null} /> },
    { state: 'a signed measure, better', show: () => <Tiles fill={0.7} signed /> },
    { state: 'a signed measure, worse', show: () => <Tiles fill={-0.5} signed /> },
    { state: 'selected', show: () => <Tiles selected fill={0.5} /> },
    { state: 'selected among others', show: () => <Tiles among fill={0.5} /> },
    { state: 'locked, pinned, noted', show: () => <Tiles locked pinned noted fill={0.5} /> },
    { state: 'noted', show: () => <Tiles noted fill={0.5} /> },
    { state: 'shorter than k', show: () => <Tiles partial fill={0.5} /> },
    { state: 'a card', show: () => <Tiles zoom="cards" expanded noted fill={0.6} words="The river Orme falls" /> },
    { state: 'a line', show: () => <Tiles zoom="text" expanded forced fill={0.6} words="The river Orme falls" /> },
  ],
  ChunkCell: [{ state: 'in a table', show: () => <ChunkCell index={17} /> }],
  Minimap: [
    { state: 'few chunks, some selected', show: () => <Mapped count={40} selected={[3, 4, 5]} /> },
    { state: 'thousands, some pinned', show: () => <Mapped count={5000} selected={[]} pinned={[900, 901, 3000]} /> },
    { state: 'in place of the strip', show: () => <Mapped count={300} selected={[12]} alone /> },
  ],
  Ribbon: [
    {
      state: 'chunks alone, one selected',
      show: () => (
        <div className="gallery-wide">
          <Ribbon slots={slots} selected={2} label="3 of 6 chunks expanded" />
        </div>
      ),
    },
    {
      state: 'with separators, question and answer',
      show: () => (
        <div className="gallery-wide">
          <Ribbon slots={fed} selected={null} label="As it is fed, 50 positions" />
        </div>
      ),
    },
  ],
  ScoreBars: [
    { state: 'nothing selected', show: () => <Scores selected={null} /> },
    { state: 'one selected', show: () => <Scores selected={12} /> },
  ],
  AnswerText: [
    { state: 'streaming', show: () => <Answer end={3} streaming /> },
    { state: 'whole, one token looked at', show: () => <Answer end={tokens.length} current={2} /> },
    { state: 'tokens held', show: () => <Answer end={tokens.length} current={4} locked={{ from: 2, to: 4 }} /> },
  ],
  TokenFacts: [
    { state: 'decoded', show: () => <Token at={2} /> },
    { state: 'given; the answer cannot go on from it', show: () => <Token at={0} why="The run has not ended yet." /> },
  ],
  TokenBars: [
    {
      state: 'both ways',
      show: () => (
        <div className="gallery-wide">
          <TokenBars values={[0.2, -0.1, 0.9, 0, -0.6]} label="What the chunk gives to each token" />
        </div>
      ),
    },
    { state: 'all nought', show: () => <TokenBars values={[0, 0, 0]} label="Nothing for any token" /> },
  ],
}

type TilesProps = Partial<TileProps> & { readonly zoom?: 'tiles' | 'cards' | 'text' }

function Tiles({ zoom = 'tiles', ...own }: TilesProps) {
  const [index] = useState(17)
  return (
    <div className={`strip-${zoom} ${zoom === 'text' ? 'gallery-wide' : ''}`}>
      <div className="tiles">
        <Tile
          index={index}
          expanded={false}
          forced={false}
          fill={null}
          signed={false}
          selected={false}
          stop
          label={`Chunk ${index}`}
          {...own}
        />
      </div>
    </div>
  )
}

const slots = [8, 1, 8, 1, 1, 5].map((positions, index) => ({
  index,
  positions,
  expanded: positions > 1,
  forced: index === 2,
  first: index === 0 || index === 3,
}))
const mark = { index: null, positions: 1, expanded: true, forced: false, first: true }
const fed = [
  { ...mark, kind: 'passage' as const },
  ...slots,
  { ...mark, kind: 'ask' as const },
  { ...mark, kind: 'question' as const, positions: 22 },
  { ...mark, kind: 'answer' as const },
]

function Mapped(props: {
  readonly count: number
  readonly selected: readonly number[]
  readonly pinned?: readonly number[]
  readonly alone?: boolean
}) {
  const { count, selected, pinned = [], alone = false } = props
  return (
    <div className="gallery-wide">
      <Minimap
        marks={mapOf(count)}
        selected={selected}
        pinned={pinned}
        sight={alone ? null : { from: Math.floor(count / 4), to: Math.floor(count / 2) }}
        label={`Where ${count} chunks are looked at`}
        onSeek={idle}
        onMove={idle}
      />
    </div>
  )
}

function Scores({ selected }: { readonly selected: number | null }) {
  return (
    <div className="gallery-wide">
      <ScoreBars bars={bars} budget={10} selected={selected} label="T' = 10 of 40" onSelect={idle} />
    </div>
  )
}

function Answer(props: {
  readonly end: number
  readonly current?: number
  readonly streaming?: boolean
  readonly locked?: { readonly from: number; readonly to: number }
}) {
  const { end, current = null, streaming = false, locked = null } = props
  return (
    <AnswerText
      tokens={tokens.slice(0, end)}
      current={current}
      locked={locked}
      streaming={streaming}
      onPreview={idle}
      onLock={idle}
    />
  )
}

function Token({ at, why = null }: { readonly at: number; readonly why?: string | null }) {
  const token = tokens[at]
  return token === undefined ? null : (
    <div className="gallery-wide">
      <TokenFacts token={token} index={at} whyNot={() => why} onTake={idle} />
    </div>
  )
}
