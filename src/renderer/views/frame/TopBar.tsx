/** The top bar: what is open, undo and redo, theme, help, and how the engine is. */
import { useStore } from 'zustand'
import { Icon, type IconName } from '../../parts/Icon.tsx'
import { plural } from '../../parts/format.ts'
import { corpus } from '../../state/corpus.ts'
import { engine } from '../../state/engine.ts'
import { plan, redoStep, undoStep } from '../../state/plan.ts'
import { cycleTheme, openDialog, say, showInspector, view, type Theme } from '../../state/view.ts'

const themes: Readonly<Record<Theme, { readonly icon: IconName; readonly label: string }>> = {
  system: { icon: 'system', label: 'Theme: as the system' },
  light: { icon: 'sun', label: 'Theme: light' },
  dark: { icon: 'moon', label: 'Theme: dark' },
}

export function TopBar() {
  const path = useStore(plan, (state) => state.present.index)
  const info = useStore(corpus, (state) => state.indexes?.find((index) => index.path === path))
  const theme = useStore(view, (state) => state.theme)
  const onBench = useStore(view, (state) => state.screen === 'bench')
  const inspector = useStore(view, (state) => state.inspector)
  return (
    <header className="top">
      <strong className="top-name" title={info?.path}>
        {info?.name ?? 'REFRAG Workbench'}
      </strong>
      <span className="quiet top-note">{info === undefined ? 'no index open' : plural(info.passages, 'passage')}</span>
      <ToyBadge />
      <span className="grow" />
      {onBench && <History />}
      {onBench && (
        <button
          type="button"
          className="plain"
          aria-pressed={inspector}
          title="Inspector (Ctrl+I)"
          aria-label="Inspector"
          onClick={() => showInspector(!inspector)}
        >
          <Icon name="panel" />
        </button>
      )}
      <button
        type="button"
        className="plain"
        title={themes[theme].label}
        aria-label={themes[theme].label}
        onClick={cycleTheme}
      >
        <Icon name={themes[theme].icon} />
      </button>
      <button
        type="button"
        className="plain"
        title="Keyboard shortcuts (?)"
        aria-label="Keyboard shortcuts"
        onClick={() => openDialog('shortcuts')}
      >
        ?
      </button>
      <EngineMark />
    </header>
  )
}

function ToyBadge() {
  const toy = useStore(engine, (state) => state.health?.bundle.toy === true)
  if (!toy) return null
  return (
    <span
      className="badge"
      title="Toy model: shows the mechanics; its quality and speed numbers say nothing about REFRAG."
    >
      Toy model
    </span>
  )
}

function History() {
  const back = useStore(plan, (state) => state.past.at(-1)?.name)
  const forward = useStore(plan, (state) => state.future[0]?.name)
  return (
    <span className="pair">
      <HistoryButton icon="undo" word="Undo" keys="Ctrl+Z" step={back} onPress={undoStep} />
      <HistoryButton icon="redo" word="Redo" keys="Ctrl+Shift+Z" step={forward} onPress={redoStep} />
    </span>
  )
}

function HistoryButton(props: {
  readonly icon: IconName
  readonly word: string
  readonly keys: string
  readonly step: string | undefined
  readonly onPress: () => string | null
}) {
  const { icon, word, keys, step, onPress } = props
  const label = step === undefined ? `${word}: nothing` : `${word}: ${step}`
  function press() {
    const name = onPress()
    if (name !== null) say(`${word}: ${name}`)
  }
  return (
    <button
      type="button"
      className="plain"
      disabled={step === undefined}
      aria-label={label}
      title={`${label} (${keys})`}
      onClick={press}
    >
      <Icon name={icon} />
    </button>
  )
}

function EngineMark() {
  const status = useStore(engine, (state) => state.status)
  const health = useStore(engine, (state) => state.health)
  const words = { connecting: 'connecting…', ready: 'ready', gone: 'stopped, starting again…' }[status.state]
  const device = health === null ? words : `${health.device}, ${plural(health.threads, 'thread')}`
  return (
    <span className="engine-mark" data-state={status.state} title={`Engine ${words}`}>
      <span className="engine-dot" />
      <span className="quiet">engine</span> {status.state === 'ready' ? device : words}
      {status.state === 'ready' && status.restarts > 0 && <span className="quiet">restarted {status.restarts}×</span>}
    </span>
  )
}
