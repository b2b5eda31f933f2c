/** What the page remembers between visits: small settings in the browser's own storage. */

const prefix = 'refrag:'

/** A remembered value, or `otherwise` where there is none or it cannot be read. */
export function recall<T>(name: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(prefix + name)
    return text === null ? otherwise : (JSON.parse(text) as T)
  } catch {
    return otherwise
  }
}

/** Remembers a value; a full or forbidden storage is no reason to stop. */
export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(prefix + name, JSON.stringify(value))
  } catch {
    // Forgetting a setting is the whole harm.
  }
}

/** The name that the page before this one left in this tab; it is gone then. */
export function takeWindow(): string | null {
  try {
    const name = sessionStorage.getItem(`${prefix}window`)
    sessionStorage.removeItem(`${prefix}window`)
    return name
  } catch {
    return null
  }
}

/** Leaves a name for the page that is loaded next in this tab. */
export function leaveWindow(name: string): void {
  try {
    sessionStorage.setItem(`${prefix}window`, name)
  } catch {
    // The next page waits until this one is missed.
  }
}
