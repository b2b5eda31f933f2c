/** A dialog of the frame: the browser keeps the focus in it, and gives it back when it is closed. */
import { useEffect, useImperativeHandle, useRef, useState, type ReactNode, type Ref } from 'react'
import { Icon } from '../../parts/Icon.tsx'
import { openDialog, view } from '../../state/view.ts'

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
  // The browser tells of a closed dialog later: by then what was chosen in it may have opened another.
  const [own] = useState(() => view.getState().dialog)
  const closed = () => {
    if (view.getState().dialog === own) openDialog(null)
  }
  useImperativeHandle<HTMLDialogElement | null, HTMLDialogElement | null>(ref, () => dialog.current, [])
  useEffect(() => {
    const { current } = dialog
    current?.showModal()
    // A click on what lies around closes a dialog in which nothing is typed that could be lost.
    const onClick = (event: MouseEvent) => event.target === current && bare && current?.close()
    current?.addEventListener('click', onClick)
    return () => current?.removeEventListener('click', onClick)
  }, [bare])
  return (
    <dialog ref={dialog} className={className} aria-label={title} onClose={closed}>
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
