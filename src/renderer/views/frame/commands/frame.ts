/** Commands of the frame: screens, the way back, and what stands open of the page. */
import { goBack, goForward, linkNow, navigation } from '../../../state/navigation.ts'
import { changeSettings, cycleTheme, settings } from '../../../state/settings.ts'
import { openDialog, say, showInspector, showScreen, showTray, view, type ScreenName } from '../../../state/view.ts'
import { copy, onBench, type Command, type Commands } from './command.ts'

const go = (screen: ScreenName): Command => ({ act: () => showScreen(screen) })

export const frameCommands = {
  palette: { act: () => openDialog('palette') },
  help: { act: () => openDialog('shortcuts') },
  start: go('start'),
  corpus: go('corpus'),
  bench: go('bench'),
  train: go('train'),
  sweep: go('sweep'),
  runs: go('runs'),
  compare: go('compare'),
  settings: go('settings'),
  log: go('log'),
  back: { act: goBack, whyNot: () => (navigation.getState().at > 0 ? null : 'Nothing was looked at before.') },
  forward: {
    act: goForward,
    whyNot: () => (navigation.getState().at < navigation.getState().newest ? null : 'Nothing was looked at after.'),
  },
  'copy-link': { act: () => copy(linkNow(), 'The link is copied.') },
  inspector: { act: () => showInspector(!view.getState().inspector), whyNot: onBench(() => null) },
  jobs: { act: () => showTray(!view.getState().tray) },
  theme: { act: cycleTheme },
  density: {
    act: () => {
      const compact = settings.getState().now.density === 'compact'
      void changeSettings({ density: compact ? 'comfortable' : 'compact' })
      say(compact ? 'Comfortable.' : 'Compact.')
    },
  },
} as const satisfies Commands
