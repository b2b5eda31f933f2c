/**
 * The view in the page's address, and the way back and forward through what was looked at. A link opens a view and runs nothing;
 * going back changes what is looked at, never the plan.
 */
import { createStore } from 'zustand/vanilla'
import { readAddress, writeAddress, linkStart, type Address } from '../../shared/address.ts'
import type { FaultData } from '../../shared/fault.ts'
import type { StageName } from '../../shared/run.ts'
import { link } from '../link.ts'
import { arrived } from './arriving.ts'
import { ask, openRun } from './ask.ts'
import { colourBy, colourings, setColourBy, type ColourBy } from './colourBy.ts'
import { noteFault } from './engine.ts'
import { closeDetails, openDetails, runs } from './runs.ts'
import { say, screenNames, stages, view, type ScreenName } from './view.ts'

export type NavigationState = {
  /** Where this view stands among those looked at, and the last of them. */
  readonly at: number
  readonly newest: number
  /** What a link named that is not here. */
  readonly problems: readonly string[]
  readonly fault: FaultData | null
}

export const navigation = createStore<NavigationState>()(() => ({ at: 0, newest: 0, problems: [], fault: null }))

/** Selections that follow each other sooner than this are one step back. */
const joinMs = 1000
let settling = false
let lastSelection = -Infinity

/** What is looked at now. */
export function addressNow(): Address {
  const { screen, stage, chunk, passage } = view.getState()
  if (screen === 'runs') {
    const id = runs.getState().opened?.id
    return id === undefined ? { screen } : { screen, run: id }
  }
  if (screen !== 'bench') return { screen }
  const id = ask.getState().shown?.run?.id
  const selected = chunk !== null ? { chunk } : passage !== null ? { passage } : {}
  const { by } = colourBy.getState()
  const coloured = by === 'score' ? {} : { colorBy: by }
  return { screen, stage, ...(id === undefined ? {} : { run: id }), ...selected, ...coloured }
}

/** The link to what is looked at, as the system opens it; in a browser, the page's own address. */
export function linkNow(): string {
  return window.workbench === undefined ? location.href : `${linkStart}?${writeAddress(addressNow())}`
}

/** The link to a chunk of the shown run, whatever is selected. */
export function linkTo(chunk: number): string {
  const { passage: _passage, ...address } = addressNow()
  const own = writeAddress({ ...address, chunk })
  return window.workbench === undefined ? `${location.href.split('#')[0]}#${own}` : `${linkStart}?${own}`
}

/** Opens what the page's address names, then keeps the address and the way back; returns the way to stop. */
export function startNavigation(): () => void {
  const { at } = readState()
  navigation.setState({ at, newest: at })
  const opened = location.hash.slice(1)
  // A page that was loaded again has its plan, which may have been edited since the run.
  if (opened !== '') void openLink(opened, { takePlan: history.state === null })
  else replace()
  const stops = [view, ask, runs, colourBy].map((store) => store.subscribe(follow))
  window.addEventListener('popstate', onPop)
  return () => {
    stops.forEach((stop) => stop())
    window.removeEventListener('popstate', onPop)
  }
}

export function goBack(): void {
  if (navigation.getState().at > 0) history.back()
}

export function goForward(): void {
  const { at, newest } = navigation.getState()
  if (at < newest) history.forward()
}

export function dismissProblems(): void {
  navigation.setState({ problems: [], fault: null })
}

/** Opens the view that a link names; what is not here is said, and the rest is opened all the same. */
export async function openLink(text: string, { takePlan }: { readonly takePlan: boolean }): Promise<void> {
  const { address, problems } = readAddress(text)
  navigation.setState({ problems: [...problems, ...unknownIn(address)], fault: null })
  settling = true
  try {
    look(address)
    if (address.run === undefined || address.screen === 'runs') return
    const run = await link().runs.open({ id: address.run })
    openRun(run, takePlan)
    const { length } = run.chunks
    const beyond = address.chunk !== undefined && address.chunk >= length
    if (beyond) addProblem(`Its chunk ${address.chunk} is not there: the run has ${length}.`)
    look(beyond ? withoutChunk(address) : address)
  } catch (error) {
    navigation.setState({ fault: noteFault('open the link', error) })
    arrived()
  } finally {
    settling = false
    replace()
    if (navigation.getState().problems.length > 0) say('Some of the link could not be opened.')
  }
}

function addProblem(problem: string): void {
  navigation.setState(({ problems }) => ({ problems: [...problems, problem] }))
}

const withoutChunk = ({ chunk: _chunk, ...rest }: Address): Address => rest

function unknownIn({ screen, stage, colorBy }: Address): readonly string[] {
  return [
    ...(screen !== undefined && !isScreen(screen) ? [`There is no screen “${screen}” in this version.`] : []),
    ...(stage !== undefined && !isStage(stage) ? [`There is no stage “${stage}”.`] : []),
    ...(colorBy !== undefined && !isColouring(colorBy) ? [`Chunks have no colour by “${colorBy}” here.`] : []),
  ]
}

const isScreen = (name: string): name is ScreenName => screenNames.some((known) => known === name)
const isStage = (name: string): name is StageName => stages.some((known) => known === name)
const isColouring = (name: string): name is ColourBy => Object.hasOwn(colourings, name)

/** Shows what an address names, as far as it is here already. */
function look({ screen, stage, run, chunk, passage, colorBy = 'score' }: Address): void {
  view.setState({
    ...(screen !== undefined && isScreen(screen) ? { screen } : {}),
    ...(stage !== undefined && isStage(stage) ? { stage } : {}),
    chunk: chunk ?? null,
    preview: null,
    passage: passage ?? null,
  })
  if (screen === 'bench' && isColouring(colorBy)) setColourBy(colorBy)
  if (screen !== 'runs') return
  if (run === undefined) closeDetails()
  else if (runs.getState().opened?.id !== run) void openDetails(run)
}

function onPop(event: PopStateEvent): void {
  const { at } = readState(event.state)
  const { at: before, newest } = navigation.getState()
  const text = location.hash.slice(1)
  if (event.state === null) {
    // An address that was typed, or a link that the system opened in this page.
    navigation.setState({ at: before + 1, newest: before + 1 })
    void openLink(text, { takePlan: true })
    return
  }
  settling = true
  navigation.setState({ at, newest: Math.max(newest, at) })
  look(readAddress(text).address)
  settling = false
  replace()
}

/** Keeps the address with what is looked at; another screen or selection is a step that leads back. */
function follow(): void {
  if (settling) return
  const [now, before] = [addressNow(), readAddress(location.hash).address]
  const text = writeAddress(now)
  if (text === writeAddress(before)) return
  const sameScreen = now.screen === before.screen
  const sameSelection = now.chunk === before.chunk && now.passage === before.passage
  const sameDetails = now.screen !== 'runs' || now.run === before.run
  if (sameScreen && sameSelection && sameDetails) return replace()
  const joins = sameScreen && performance.now() - lastSelection < joinMs
  if (sameScreen) lastSelection = performance.now()
  // The first selection is a step of its own, so that going back lets it go.
  if (joins) return replace()
  const at = navigation.getState().at + 1
  history.pushState({ at }, '', `#${text}`)
  navigation.setState({ at, newest: at })
}

function replace(): void {
  history.replaceState({ at: navigation.getState().at }, '', `#${writeAddress(addressNow())}`)
}

function readState(state: unknown = history.state): { readonly at: number } {
  const at = typeof state === 'object' && state !== null && 'at' in state ? Number(state.at) : 0
  return { at: Number.isInteger(at) && at > 0 ? at : 0 }
}
