/** A question before something that cannot be taken back. Escape and the first button keep things as they are. */
import { useEffect, useId, useRef, type ReactNode } from 'react'

export type ConfirmProps = {
  readonly title: string
  /** What will be gone. */
  readonly children: ReactNode
  readonly keepLabel: string
  readonly doLabel: string
  readonly onKeep: () => void
  readonly onDo: () => void
}

export function Confirm({ title, children, keepLabel, doLabel, onKeep, onDo }: ConfirmProps) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  // Told at once: the browser's own word that the dialog is closed comes a moment later, when the question may be asked again.
  function keep(): void {
    dialog.current?.close()
    onKeep()
  }
  return (
    <dialog
      ref={dialog}
      className="confirm"
      role="alertdialog"
      aria-labelledby={`${id}title`}
      aria-describedby={`${id}text`}
      onClose={onKeep}
      onCancel={(event) => {
        event.preventDefault()
        keep()
      }}
      // What is pressed here is no key of the page behind.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <h2 id={`${id}title`}>{title}</h2>
      <p id={`${id}text`}>{children}</p>
      <div className="confirm-actions">
        <button type="button" onClick={keep}>
          {keepLabel}
        </button>
        <button type="button" className="danger" onClick={onDo}>
          {doLabel}
        </button>
      </div>
    </dialog>
  )
}
