/** The page: frame, screens, dialogs, and what starts when it opens. */
import { useEffect, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { tellTheme } from './link.ts'
import { startAutoRun } from './state/ask.ts'
import { listIndexes } from './state/corpus.ts'
import { startEngine } from './state/engine.ts'
import { startHanded } from './state/handed.ts'
import { showScreen, view, type ScreenName } from './state/view.ts'
import { Bench } from './views/bench/Bench.tsx'
import { Dialogs } from './views/frame/Dialogs.tsx'
import { DropLayer } from './views/frame/DropLayer.tsx'
import { EngineNote } from './views/frame/EngineNote.tsx'
import { useKeys, useMenu } from './views/frame/keys.ts'
import { Rail } from './views/frame/Rail.tsx'
import { StatusBar } from './views/frame/StatusBar.tsx'
import { TopBar } from './views/frame/TopBar.tsx'
import { Runs } from './views/runs/Runs.tsx'
import { fileInputId, Start } from './views/start/Start.tsx'
import { Sweeps } from './views/sweep/Sweeps.tsx'
import { Train } from './views/train/Train.tsx'

const screens: Readonly<Record<ScreenName, () => ReactNode>> = {
  start: () => <Start />,
  bench: () => <Bench />,
  train: () => <Train />,
  sweep: () => <Sweeps />,
  runs: () => <Runs />,
}

export function App() {
  const screen = useStore(view, (state) => state.screen)
  const theme = useStore(view, (state) => state.theme)
  const said = useStore(view, (state) => state.said)
  useEffect(() => startEngine(() => void listIndexes()), [])
  useEffect(() => startAutoRun(), [])
  useEffect(() => startHanded(), [])
  useKeys(openFiles)
  useMenu()
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
    tellTheme(theme)
  }, [theme])
  return (
    <div className="frame" data-screen={screen}>
      <TopBar />
      <Rail />
      <EngineNote />
      {screens[screen]()}
      <StatusBar />
      <Dialogs />
      <DropLayer />
      <p className="unseen" role="status">
        {said}
      </p>
    </div>
  )
}

function openFiles(): void {
  showScreen('start')
  // The file field stands on the start screen, which is drawn by then.
  requestAnimationFrame(() => document.getElementById(fileInputId)?.click())
}
