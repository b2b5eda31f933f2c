/** The top bar: the way back, what is open, the palette, undo and redo, theme, help, and how the engine is. */
import { useStore } from 'zustand'
import { rowOf, type CommandId } from '../../../shared/commandTable.ts'
import type { Theme } from '../../../shared/settings.ts'
import { untrainedText } from '../../../shared/untrained.ts'
import { Icon, type IconName } from '../../parts/Icon.tsx'
import { chordText, Keys } from '../../parts/Keys.tsx'
import { plural } from '../../parts/format.ts'
import { corpus } from '../../state/corpus.ts'
import { engine } from '../../state/engine.ts'
import { navigation } from '../../state/navigation.ts'
import { plan } from '../../state/plan.ts'
import { session } from '../../state/sessionNow.ts'
import { settings } from '../../state/settings.ts'
import { view } from '../../state/view.ts'
import { SessionMark } from '../session/SessionMark.tsx'
import { perform } from './commands.ts'

const themes: Readonly<Record<Theme, { readonly icon: IconName; readonly label: string }>> = {
  system: { icon: 'system', label: 'Theme: as the system' },
  light: { icon: 'sun', label: 'Theme: light' },
  dark: { icon: 'moon', label: 'Theme: dark' },
}

export function TopBar() {
  const path = useStore(plan, (state) => state.present.index)
  const info = useStore(corpus, (state) => state.indexes?.find((index) => index.path === path))
  const theme = useStore(settings, (state) => state.now.theme)
  const onBench = useStore(view, (state) => state.screen === 'bench')
  const named = useStore(session, (state) => state.id !== null)
  const inspector = useStore(view, (state) => state.inspector)
  return (
    <header className="top">
      <div className="top-start">
        <Ways />
        <SessionMark />
        {(info !== undefined || !named) && (
          <strong className="top-name" title={info?.path}>
            {info?.name ?? 'REFRAG Workbench'}
          </strong>
        )}
        <span className="quiet top-note">
          {info === undefined ? 'no index open' : plural(info.passages, 'passage')}
        </span>
        <ToyBadge />
        <UntrainedBadge />
      </div>
      <button type="button" className="find" aria-haspopup="dialog" onClick={() => perform('palette')}>
        <span>{rowOf('palette').words}</span>
        <Keys chords={(rowOf('palette').keys ?? []).slice(0, 1)} />
      </button>
      <div className="top-end">
        {onBench && <History />}
        {onBench && <CommandButton id="inspector" icon="panel" label="Inspector" pressed={inspector} />}
        <CommandButton id="theme" icon={themes[theme].icon} label={themes[theme].label} />
        <CommandButton id="help" label="Keyboard shortcuts" text="?" />
        <EngineMark />
      </div>
    </header>
  )
}

/** Back and forward through what was looked at. */
function Ways() {
  const { at, newest } = useStore(navigation)
  return (
    <span className="pair">
      <CommandButton id="back" icon="back" label="Back" disabled={at === 0} />
      <CommandButton id="forward" icon="forward" label="Forward" disabled={at === newest} />
    </span>
  )
}

type CommandButtonProps = {
  readonly id: CommandId
  readonly label: string
  readonly icon?: IconName
  readonly text?: string
  readonly pressed?: boolean
  readonly disabled?: boolean
}

function CommandButton({ id, label, icon, text, pressed, disabled = false }: CommandButtonProps) {
  const [chord] = rowOf(id).keys ?? []
  return (
    <button
      type="button"
      className="plain"
      aria-pressed={pressed}
      aria-label={label}
      title={chord === undefined ? label : `${label} (${chordText(chord)})`}
      disabled={disabled}
      onClick={() => perform(id)}
    >
      {icon === undefined ? text : <Icon name={icon} />}
    </button>
  )
}

function ToyBadge() {
  const toy = useStore(engine, (state) => state.health?.bundle.toy === true)
  if (!toy) return null
  return (
    <span
      className="badge badge-short"
      title="Toy model: shows the mechanics; its quality and speed numbers say nothing about REFRAG."
    >
      Toy model
    </span>
  )
}

/** Random weights look like any others on a screen; so what is untrained is said on every one. */
function UntrainedBadge() {
  const parts = useStore(engine, (state) => untrainedText(state.health?.bundle.untrained))
  if (parts === '') return null
  return (
    <span className="badge" title={`Random weights: ${parts}. What goes through them says nothing of quality.`}>
      Untrained: {parts}
    </span>
  )
}

function History() {
  const back = useStore(plan, (state) => state.past.at(-1)?.name)
  const forward = useStore(plan, (state) => state.future[0]?.name)
  return (
    <span className="pair">
      <CommandButton id="undo" icon="undo" label={`Undo: ${back ?? 'nothing'}`} disabled={back === undefined} />
      <CommandButton id="redo" icon="redo" label={`Redo: ${forward ?? 'nothing'}`} disabled={forward === undefined} />
      <CommandButton id="history" icon="log" label="History" />
    </span>
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
