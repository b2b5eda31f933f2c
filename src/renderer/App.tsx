/** The page: frame, screens, dialogs, and what starts when it opens. */
import { lazy, Suspense, useEffect, useRef, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { tellTheme } from './link.ts'
import { startArriving } from './state/arriving.ts'
import { startAutoRun } from './state/ask.ts'
import { listIndexes } from './state/corpus.ts'
import { startEngine } from './state/engine.ts'
import { startHanded } from './state/handed.ts'
import { followJobs } from './state/jobs.ts'
import { startNavigation } from './state/navigation.ts'
import { readSettings, settings } from './state/settings.ts'
import { resumeSession, startSession } from './state/session.ts'
import { view, type ScreenName } from './state/view.ts'
import { Dialogs } from './views/frame/Dialogs.tsx'
import { DropLayer } from './views/frame/DropLayer.tsx'
import { EngineNote } from './views/frame/EngineNote.tsx'
import { JobsTray } from './views/frame/JobsTray.tsx'
import { useKeys } from './views/frame/keys.ts'
import { LinkNote } from './views/frame/LinkNote.tsx'
import { Rail } from './views/frame/Rail.tsx'
import { Refusal } from './views/frame/Refusal.tsx'
import { StatusBar } from './views/frame/StatusBar.tsx'
import { TopBar } from './views/frame/TopBar.tsx'
import { SessionNote } from './views/session/SessionNote.tsx'
import { Start } from './views/start/Start.tsx'

const importBench = () => import('./views/bench/Bench.tsx')
const Bench = lazy(async () => ({ default: (await importBench()).Bench }))
const Compare = lazy(async () => ({ default: (await import('./views/compare/Compare.tsx')).Compare }))
const Corpus = lazy(async () => ({ default: (await import('./views/corpus/Corpus.tsx')).Corpus }))
const Train = lazy(async () => ({ default: (await import('./views/train/Train.tsx')).Train }))
const Sweeps = lazy(async () => ({ default: (await import('./views/sweep/Sweeps.tsx')).Sweeps }))
const Runs = lazy(async () => ({ default: (await import('./views/runs/Runs.tsx')).Runs }))
const Settings = lazy(async () => ({ default: (await import('./views/settings/Settings.tsx')).Settings }))
const Log = lazy(async () => ({ default: (await import('./views/log/Log.tsx')).Log }))

const screens: Readonly<Record<ScreenName, () => ReactNode>> = {
  start: () => <Start />,
  corpus: () => <Corpus />,
  bench: () => <Bench />,
  train: () => <Train />,
  sweep: () => <Sweeps />,
  runs: () => <Runs />,
  compare: () => <Compare />,
  settings: () => <Settings />,
  log: () => <Log />,
}

export function App() {
  const screen = useStore(view, (state) => state.screen)
  const said = useStore(view, (state) => state.said)
  // Not needed to show the first page, and where most go from it.
  useEffect(() => void importBench(), [])
  useEffect(() => startEngine(greet), [])
  useEffect(() => startAutoRun(), [])
  useEffect(() => startArriving(), [])
  useEffect(() => startNavigation(), [])
  useEffect(() => startHanded(), [])
  useEffect(() => startSession(), [])
  useKeys()
  useLook()
  return (
    <div className="frame" data-screen={screen}>
      <TopBar />
      <Rail />
      <div className="notes">
        <EngineNote />
        <LinkNote />
        <SessionNote />
      </div>
      <Suspense fallback={<main aria-busy="true" />}>
        {screens[screen]()}
        <FocusOn screen={screen} />
      </Suspense>
      <JobsTray />
      <StatusBar />
      <Dialogs />
      <DropLayer />
      <Refusal />
      <p className="unseen" role="status">
        {said}
      </p>
    </div>
  )
}

/** What the page asks of an engine that has just come. */
function greet(): void {
  void listIndexes()
  void readSettings()
  void followJobs()
  void resumeSession()
}

/** Where what had the focus went away with its screen, the focus goes to the screen that came, once its code is there too. */
function FocusOn({ screen }: { readonly screen: ScreenName }) {
  const before = useRef(screen)
  useEffect(() => {
    if (before.current === screen) return
    before.current = screen
    if (document.activeElement !== document.body) return
    const main = document.querySelector('main')
    main?.setAttribute('tabindex', '-1')
    main?.focus()
  }, [screen])
  return null
}

/** Puts theme, density and motion on the page. Another door may have changed them while this page was not looked at. */
function useLook(): void {
  const { theme, density, motion } = useStore(settings, (state) => state.now)
  useEffect(() => {
    Object.assign(document.documentElement.dataset, { theme, density, motion })
    tellTheme(theme)
  }, [theme, density, motion])
  useEffect(() => {
    const read = () => void (settings.getState().known && readSettings())
    window.addEventListener('focus', read)
    return () => window.removeEventListener('focus', read)
  }, [])
}
