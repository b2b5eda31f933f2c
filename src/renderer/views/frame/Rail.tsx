/** The rail: the screens there are. */
import { useStore } from 'zustand'
import { Icon, type IconName } from '../../parts/Icon.tsx'
import { showScreen, view, type ScreenName } from '../../state/view.ts'

const screens: readonly { readonly name: ScreenName; readonly label: string; readonly icon: IconName }[] = [
  { name: 'start', label: 'Start', icon: 'start' },
  { name: 'corpus', label: 'Corpus', icon: 'index' },
  { name: 'bench', label: 'Bench', icon: 'bench' },
  { name: 'compare', label: 'Compare', icon: 'compare' },
  { name: 'sweep', label: 'Sweep', icon: 'sweep' },
  { name: 'train', label: 'Train', icon: 'train' },
  { name: 'runs', label: 'Runs', icon: 'runs' },
  { name: 'models', label: 'Models', icon: 'models' },
  { name: 'log', label: 'Log', icon: 'log' },
  { name: 'settings', label: 'Settings', icon: 'settings' },
]
/** From here on they stand at the foot: they are about the workbench, not about the work. */
const firstAtFoot: ScreenName = 'log'

export function Rail() {
  const screen = useStore(view, (state) => state.screen)
  return (
    <nav className="rail" aria-label="Screens">
      {screens.map(({ name, label, icon }) => (
        <button
          key={name}
          type="button"
          className={name === firstAtFoot ? 'rail-foot' : undefined}
          aria-current={screen === name ? 'page' : undefined}
          onClick={() => showScreen(name)}
        >
          <Icon name={icon} />
          {label}
        </button>
      ))}
    </nav>
  )
}
