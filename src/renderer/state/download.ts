/** A file that the engine made, handed over as a download. */
import type { ReportFile } from '../../shared/report.ts'
import { download } from './files.ts'

const mediaTypes: Readonly<Record<string, string>> = {
  html: 'text/html',
  md: 'text/markdown',
  pdf: 'application/pdf',
  json: 'application/json',
}

export function downloadReport({ name, content, encoding }: ReportFile): void {
  const bytes = encoding === 'utf8' ? content : Uint8Array.from(atob(content), (each) => each.charCodeAt(0))
  download(name, bytes, mediaTypes[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream')
}
