/** The report as it will be, in a frame of its own in which nothing runs. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { formatBytes } from '../../parts/format.ts'
import { makePreview, report } from '../../state/report.ts'

export function Preview({ refusal }: { readonly refusal: string | null }) {
  const { draft, preview, loading, fault } = useStore(report)
  const html = preview?.html ?? null
  const page = useMemo(() => (html === null ? null : withNonce(html)), [html])
  const stale = preview !== null && preview.draft !== draft
  return (
    <Pane
      title="Preview"
      className="report-preview"
      stale={stale}
      note={
        html === null ? undefined : `${formatBytes(html.length)} as HTML${stale || loading ? ', being made again' : ''}`
      }
    >
      {refusal !== null ? (
        <Empty>{refusal}</Empty>
      ) : fault !== null ? (
        <FaultNote what="The report could not be made." fault={fault} onRetry={() => void makePreview()} />
      ) : page === null ? (
        <Loading label="Making the report" lines={8} />
      ) : (
        <iframe title="Report" sandbox="" srcDoc={page} />
      )}
    </Pane>
  )
}

/** The frame inherits this page's policy, under which styles need the nonce of this load. */
function withNonce(html: string): string {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
  return nonce === '' ? html : html.replace('<style>', `<style nonce="${nonce}">`)
}
