/** PDF of a report: an installed browser prints the HTML, offline and without a window. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Fault } from '../../../../shared/fault.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
const places: Readonly<Record<string, readonly string[]>> = {
  linux: ['/usr/bin', '/usr/local/bin', '/snap/bin'].flatMap((folder) => names.map((name) => join(folder, name))),
  darwin: ['Google Chrome', 'Microsoft Edge', 'Chromium'].map(
    (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
  ),
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((name) => {
    const folder = process.env[name]
    if (folder === undefined) return []
    return [
      join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]
  }),
}

/** The browser that prints: `REFRAG_BROWSER` where it names one, else the first installed; null where none is. */
export function findPrinter(): string | null {
  const named = process.env['REFRAG_BROWSER']
  if (named !== undefined) return existsSync(named) ? named : null
  return places[process.platform]?.find((path) => existsSync(path)) ?? null
}

/** The bytes of the PDF. Fault bad-input where no browser is installed or the one there is does not print. */
export async function toPdf(html: string): Promise<Uint8Array> {
  const remedy =
    'Write the report as .html, open it and print it from there; or set REFRAG_BROWSER to a Chrome, Edge or Chromium.'
  const printer = findPrinter()
  if (printer === null) throw new Fault('bad-input', 'No Chrome, Edge or Chromium to print a PDF with.', { remedy })
  const folder = await mkdtemp(join(tmpdir(), 'refrag-report-'))
  try {
    const [page, pdf] = [join(folder, 'report.html'), join(folder, 'report.pdf')]
    await writeFile(page, html)
    const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
    const own = [`--user-data-dir=${join(folder, 'profile')}`, '--no-pdf-header-footer', `--print-to-pdf=${pdf}`]
    await promisify(execFile)(printer, [...quiet, ...own, pathToFileURL(page).href], { timeout: 60_000 })
    return await readFile(pdf)
  } catch (cause) {
    throw new Fault('bad-input', `${printer} did not print the report.`, { cause, remedy })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
