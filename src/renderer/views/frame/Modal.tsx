/** A dialog of the frame: the browser keeps the focus in it, and gives it back when it is closed. */
import { useEffect, useImperativeHandle, useRef, type ReactNode, type Ref } from 'react'
import { Icon } from '../../parts/Icon.tsx'
import { openDialog } from '../../state/view.ts'

export type ModalProps = {
  readonly title: string
  readonly className?: string
  /** Without a heading of its own. */
  readonly bare?: boolean
  readonly ref?: Ref<HTMLDialogElement | null>
  readonly children: ReactNode
}

export function Modal({ title, className, bare = false, ref, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useImperativeHandle<HTMLDialogElement | null, HTMLDialogElement | null>(ref, () => dialog.current, [])
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog}
      className={className}
      aria-label={title}
      onClose={() => openDialog(null)}
      // What is pressed here is no key of the page behind.
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => {
        // Only the backdrop is the dialog itself.
        if (event.target === dialog.current && bare) dialog.current?.close()
      }}
    >
      {!bare && (
        <div className="dialog-head">
          <h2>{title}</h2>
          <button type="button" className="plain" aria-label="Close" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </div>
      )}
      {children}
    </dialog>
  )
}
