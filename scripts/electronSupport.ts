/** How long the pinned Electron is supported: a major comes every eight weeks, and the latest three are mended. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './checks.ts'

/** Majors with the day on which each came out, from the registry. */
const released: Readonly<Record<number, string>> = { 43: '2026-07-01', 44: '2026-08-25', 45: '2026-10-21' }

const weekMs = 7 * 24 * 3600 * 1000
const supportedWeeks = 3 * 8

/** The day from which a major is mended no more. Throws where its day is not written down here. */
export function supportEnds(major: number): Date {
  const day = released[major]
  if (day === undefined) throw new Error(`Write down in scripts/electronSupport.ts when Electron ${major} came out.`)
  return new Date(Date.parse(day) + supportedWeeks * weekMs)
}

/** The version of Electron that package.json pins. */
export function pinnedElectron(): string {
  const manifest: { readonly devDependencies: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  return manifest.devDependencies['electron'] ?? ''
}

/** Before anything is packed: throws where the pinned Electron is supported no more, so that no such release is made. */
export function refuseOldElectron(now: Date = new Date()): void {
  const version = pinnedElectron()
  const ends = supportEnds(Number(version.split('.')[0]))
  if (now < ends) return
  throw new Error(
    `Electron ${version} is supported no more since ${ends.toISOString().slice(0, 10)}: pin a newer major before a release.`,
  )
}
