/** The question before what cannot be taken back: kept by Escape, and asked again at once. */
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { Confirm } from '../../src/renderer/parts/Confirm.tsx'

/** As a browser does it: closed at once, told in a task of its own. */
beforeAll(() => {
  Object.assign(HTMLDialogElement.prototype, {
    showModal(this: HTMLDialogElement) {
      this.setAttribute('open', '')
    },
    close(this: HTMLDialogElement) {
      this.removeAttribute('open')
      setTimeout(() => this.dispatchEvent(new Event('close')))
    },
  })
})
afterEach(cleanup)

/** Escape on an open dialog: the browser asks whether it may, and closes it unless told not to. */
function pressEscape(dialog: HTMLDialogElement): void {
  if (fireEvent(dialog, new Event('cancel', { cancelable: true }))) dialog.close()
}

function Page() {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <button type="button" onClick={() => setAsking(true)}>
        Delete it
      </button>
      {asking && (
        <Confirm title="Delete?" keepLabel="Keep" doLabel="Delete" onKeep={() => setAsking(false)} onDo={() => {}}>
          It is gone then.
        </Confirm>
      )}
    </>
  )
}

test.each(['Escape', 'Keep'])('a question that was kept by %s and is asked again at once stays', async (by) => {
  render(<Page />)
  const ask = screen.getByRole('button', { name: 'Delete it' })
  fireEvent.click(ask)
  const dialog = screen.getByRole('alertdialog') as HTMLDialogElement
  if (by === 'Escape') pressEscape(dialog)
  else fireEvent.click(screen.getByRole('button', { name: 'Keep' }))
  fireEvent.click(ask)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect((screen.getByRole('alertdialog') as HTMLDialogElement).open).toBe(true)
})
