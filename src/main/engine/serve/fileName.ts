/** Names of files and folders made of what a person wrote. */

/** A name that every file system takes; `otherwise` where nothing of the title can stand in one. */
export function fileName(title: string, otherwise: string): string {
  const safe = title.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, '')
  return safe === '' ? otherwise : safe.slice(0, 80)
}
