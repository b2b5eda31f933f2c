/** One setting: what it is, what it does, and its control. */
import type { ReactNode } from 'react'

export type RowProps = { readonly title: string; readonly about?: ReactNode; readonly children: ReactNode }

export function Row({ title, about, children }: RowProps) {
  return (
    <div className="setting">
      <div>
        <p>{title}</p>
        {about !== undefined && <p className="quiet">{about}</p>}
      </div>
      <div className="setting-control">{children}</div>
    </div>
  )
}
