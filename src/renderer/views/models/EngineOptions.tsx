/** What models run on as it is now; it is set on the settings screen. */
import { useStore } from 'zustand'
import { plural } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'
import { settings } from '../../state/settings.ts'
import { showScreen } from '../../state/view.ts'

export function EngineOptions() {
  const health = useStore(engine, (state) => state.health)
  const arena = useStore(settings, (state) => state.now.arena)
  if (health === null) return null
  const { device, fellBack, threads, weights, bounded } = health
  return (
    <p className="quiet engine-options">
      Runs on <span className={fellBack === null ? undefined : 'bad'}>{device}</span>, {plural(threads, 'thread')},{' '}
      {weights} weights, memory arena {arena ? 'on' : 'off'}.{' '}
      {bounded === true && 'Single weights near 2 GiB need the safe allocator: start with REFRAG_SAFE_ALLOCATOR=1. '}
      <button type="button" className="linkish" onClick={() => showScreen('settings')}>
        Change in Settings
      </button>
    </p>
  )
}
