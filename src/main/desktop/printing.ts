/** Printing: a finished page of the engine's as a PDF, in a hidden window that runs no script and knows no preload. */
import { BrowserWindow } from 'electron'
import { offerPage } from '../scheme.ts'
import { safePreferences } from '../window.ts'

/** Printing takes seconds; a page that takes longer never ends. */
const limitMs = 60_000

/** The bytes of the PDF, on A4 unless the page's own styles name another size. Rejects where it does not print in a minute. */
export async function printPage(html: string): Promise<Uint8Array> {
  const { url, withdraw } = offerPage(html)
  const window = new BrowserWindow({ show: false, webPreferences: { ...safePreferences, javascript: false } })
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('the page did not print in a minute')), limitMs)
  try {
    await Promise.race([window.loadURL(url), late.promise])
    const printed = window.webContents.printToPDF({
      pageSize: 'A4',
      preferCSSPageSize: true,
      printBackground: true,
      generateTaggedPDF: true,
      generateDocumentOutline: true,
    })
    return await Promise.race([printed, late.promise])
  } finally {
    clearTimeout(timer)
    withdraw()
    window.destroy()
  }
}
