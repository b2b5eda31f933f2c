/** A file that the engine made, handed over as a download. */
import type { ReportFile } from '../../shared/report.ts'

const mediaTypes: Readonly<Record<string, string>> = {
  html: 'text/html',
  md: 'text/markdown',
  pdf: 'application/pdf',
  json: 'application/json',
}

export function download({ name, content, encoding }: ReportFile): void {
  const bytes = encoding === 'utf8' ? content : Uint8Array.from(atob(content), (each) => each.charCodeAt(0))
  const type = mediaTypes[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  const address = URL.createObjectURL(new Blob([bytes], { type }))
  const anchor = Object.assign(document.createElement('a'), { href: address, download: name })
  anchor.click()
  // The download has begun by then; the bytes need not be held longer.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
