/** Files that a person chose, as paths the engine can read: their own on the desktop, uploads in a browser. */
import { link, pathOf } from '../link.ts'

/** Gives the paths of `files`; `reading` is told of each file that has to be sent. */
export async function pathsOf(
  files: readonly File[],
  signal: AbortSignal,
  reading: (at: number) => void = () => {},
): Promise<string[]> {
  const paths: string[] = []
  for (const [at, file] of files.entries()) {
    signal.throwIfAborted()
    const path = pathOf(file)
    if (path === undefined) reading(at)
    paths.push(path ?? (await upload(file)))
  }
  return paths
}

/** Sends a file, also one that the page made and no disk holds; gives the path of what was kept. */
export async function upload(file: File): Promise<string> {
  const { path } = await link().corpus.upload({
    name: file.name,
    base64: toBase64(new Uint8Array(await file.arrayBuffer())),
  })
  return path
}

/** Hands a file to the browser's downloads. */
export function download(name: string, content: string | Uint8Array<ArrayBuffer>, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }))
  Object.assign(document.createElement('a'), { href: address, download: name }).click()
  // The download has begun by then; the bytes need not be held longer.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

/** Bytes as base64, in slices that fit an argument list. */
function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}
