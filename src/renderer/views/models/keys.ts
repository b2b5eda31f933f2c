/** Places of the models screen that the focus is put on. */

/** The field that the Hub is searched with. */
export const hubSearchId = 'hub-search'
/** The field of a folder's path. */
export const modelFolderId = 'model-folder'
/** What opens the form of an adapter, and its first field. */
export const adapterButtonId = 'model-adapter-open'
export const adapterFieldId = 'model-adapter'

/** Puts the focus on what is only just drawn. */
export function focusSoon(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus())
}

/** The button that shows a model's details. */
export function modelRowId(name: string): string {
  return `model-row-${name}`
}
