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
