/** The help: the keys that are heard where the focus stands, out of the table of commands. */
import { useState } from 'react'
import { scopes, type Scope } from '../../../shared/commandTable.ts'
import { Keys } from '../../parts/Keys.tsx'
import { settings } from '../../state/settings.ts'
import { openDialog, showScreen, view } from '../../state/view.ts'
import { keysIn } from './keyLines.ts'
import { scopesNow } from './keys.ts'
import { Modal } from './Modal.tsx'

/** The scopes of this screen: where the focus stands first, then its other panes, then the screen, then everywhere. */
function scopesHere(focused: readonly Scope[]): readonly Scope[] {
  const screen = view.getState().screen
  const panes = (Object.keys(scopes) as Scope[]).filter((scope) => scopes[scope].within === screen)
  return [...new Set([...focused.slice(0, -1), ...panes, 'everywhere' as const])]
}

export function Shortcuts() {
  const [here] = useState(() => scopesHere(scopesNow()))
  const singles = settings.getState().now.singleKeys
  return (
    <Modal title="Keyboard shortcuts">
      {!singles && <p className="quiet">Single-key shortcuts are off: keys without Ctrl or Alt are not heard.</p>}
      <div className="shortcuts">
        {here.map((scope) => (
          <section key={scope} aria-label={scopes[scope].words}>
            <h3>{scopes[scope].words}</h3>
            <dl>
              {keysIn(scope).map(({ words, keys }) => (
                <div key={words}>
                  <dt>
                    <Keys chords={keys} />
                  </dt>
                  <dd>{words}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="dialog-foot quiet">
        These are the keys of this screen.{' '}
        <button
          type="button"
          className="linkish"
          onClick={() => {
            openDialog(null)
            showScreen('settings')
          }}
        >
          All keys, searchable
        </button>
      </p>
    </Modal>
  )
}
