/** All trainings of this workbench. */
import { useStore } from 'zustand'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { formatCount } from '../../parts/format.ts'
import { listTrainings, show, train } from '../../state/train.ts'

export function Earlier() {
  const { list, listFault, shown } = useStore(train)
  return (
    <Pane title="Trainings" note={list === null ? undefined : formatCount(list.length)}>
      {listFault !== null && (
        <FaultNote what="The trainings could not be listed." fault={listFault} onRetry={() => void listTrainings()} />
      )}
      {list === null && listFault === null && <Loading label="Asking the engine" lines={2} />}
      {list?.length === 0 && <Empty>None yet.</Empty>}
      {list !== null && list.length > 0 && (
        <Scroll className="scroll-tall">
          <table>
            <caption className="unseen">Trainings, the latest first</caption>
            <thead>
              <tr>
                <th scope="col">training</th>
                <th scope="col">from</th>
                <th scope="col">k</th>
                <th scope="col">steps</th>
                <th scope="col">state</th>
                <th scope="col">began</th>
              </tr>
            </thead>
            <tbody>
              {list.map((info) => (
                <tr key={info.id} data-on={info.id === shown || undefined}>
                  <td>
                    <button type="button" className="linkish" onClick={() => void show(info.id)}>
                      {info.id}
                    </button>
                  </td>
                  <td>{info.bundle}</td>
                  <td>{info.input.ks?.join(', ') ?? 'all'}</td>
                  <td>
                    {formatCount(info.step)} of {formatCount(info.input.steps)}
                  </td>
                  <td>{info.state}</td>
                  <td>
                    <time dateTime={info.began}>
                      {new Date(info.began).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}
                    </time>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Pane>
  )
}
