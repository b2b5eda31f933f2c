/** The window's place kept by ourselves, where Electron does not keep it. */
import { readFileSync, writeFileSync } from 'node:fs'

export type Bounds = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
export type Place = { readonly bounds: Bounds; readonly maximized: boolean }

/** What must show of a window on some display: a title bar's worth, to take hold of. */
const grip = { width: 120, height: 40 }

/** The place kept in `file`; null where none was kept, or what stands there is none. */
export function readPlace(file: string): Place | null {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isPlace(kept) ? kept : null
  } catch {
    return null
  }
}

/** Keeps a place; a disk without room costs the place, nothing more. */
export function keepPlace(file: string, place: Place): void {
  try {
    writeFileSync(file, JSON.stringify(place))
  } catch (error) {
    console.error(`the window's place was not kept: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** True when a window at `bounds` can be taken hold of on one of `displays`: a display may have gone since. */
export function canBeSeen(bounds: Bounds, displays: readonly Bounds[]): boolean {
  return displays.some((display) => {
    const across = Math.min(bounds.x + bounds.width, display.x + display.width) - Math.max(bounds.x, display.x)
    const inside = bounds.y >= display.y && bounds.y + grip.height <= display.y + display.height
    return across >= grip.width && inside
  })
}

function isPlace(value: unknown): value is Place {
  if (typeof value !== 'object' || value === null || !('bounds' in value) || !('maximized' in value)) return false
  const { bounds, maximized } = value
  if (typeof bounds !== 'object' || bounds === null || typeof maximized !== 'boolean') return false
  return (['x', 'y', 'width', 'height'] as const).every((side) => Number.isInteger(Reflect.get(bounds, side)))
}
