/** Commands of chunks: what the hand does to those selected, and how the strip is looked at. */
import { ask } from '../../../state/ask.ts'
import { marksNow, toggleLocked, togglePinned, wish } from '../../../state/hand.ts'
import { zoom, zoomBy, zooms } from '../../../state/rows.ts'
import { selectedNow, selectOthers, selectThese } from '../../../state/selection.ts'
import { groupsOf } from '../../../state/strip.ts'
import { view } from '../../../state/view.ts'
import { flipChunks } from '../../../state/whatIf.ts'
import { expandPassage, openNote } from '../../bench/stripKeys.ts'
import { first, noRun, onBench, type Command, type Commands } from './command.ts'

/** The chunks that are selected and there. */
function chunksNow(): readonly number[] {
  const count = ask.getState().shown?.chunks.length ?? 0
  return selectedNow().filter((index) => index < count)
}

function groupsNow() {
  return groupsOf(marksNow(), ask.getState().shown?.passages ?? [])
}

function anyChunks(): string | null {
  return (ask.getState().shown?.chunks ?? []).length > 0 ? null : 'There is no chunk: run the plan first.'
}

function onChunks(act: (chunks: readonly number[]) => unknown): Command {
  return {
    act: () => act(chunksNow()),
    whyNot: onBench(() => (chunksNow().length === 0 ? 'Select a chunk of the strip first.' : null)),
  }
}

export const chunkCommands = {
  'chunk-flip': onChunks((chunks) => wish(chunks, 'flip')),
  'chunk-expand': onChunks((chunks) => wish(chunks, 'expand')),
  'chunk-compress': onChunks((chunks) => wish(chunks, 'compress')),
  'chunk-policy': onChunks((chunks) => wish(chunks, 'policy')),
  'chunk-lock': onChunks(toggleLocked),
  'chunk-pin': onChunks(togglePinned),
  'chunk-note': onChunks(openNote),
  'passage-expand': onChunks(() => expandPassage(groupsNow(), view.getState().chunk ?? 0)),
  'select-all': {
    act: () => selectThese(marksNow().map(({ chunk }) => chunk.index)),
    whyNot: onBench(anyChunks),
  },
  'select-others': { act: () => selectOthers(marksNow().length), whyNot: onBench(anyChunks) },
  'strip-closer': {
    act: () => zoomBy(1),
    whyNot: onBench(() => (zoom.getState().level === zooms.at(-1) ? 'This is the closest.' : null)),
  },
  'strip-farther': {
    act: () => zoomBy(-1),
    whyNot: onBench(() => (zoom.getState().level === zooms[0] ? 'This is the farthest.' : null)),
  },
  'chunk-what-if': {
    act: () => flipChunks(chunksNow()),
    whyNot: onBench(() => first(noRun(), chunksNow().length === 0 ? 'Select a chunk of the strip first.' : null)),
  },
} as const satisfies Commands
