/** A file's name that gives way in its middle where room is short: its ending, and what stands just before that, stay. */
export function FileName({ name, path = name }: { readonly name: string; readonly path?: string }) {
  const at = cutOf(name)
  return (
    <span className="file-name" title={path}>
      {/* Two boxes would be read as two words. */}
      <span className="unseen">{name}</span>
      <span className="file-start" aria-hidden="true">
        {name.slice(0, at)}
      </span>
      <span className="file-end" aria-hidden="true">
        {name.slice(at)}
      </span>
    </span>
  )
}

/** Of the letters before the ending, so many stay with it. */
const beside = 5

/** Where a name may be cut: before its ending and a few letters more; a short name is all ending. */
export function cutOf(name: string): number {
  const ending = /\.[^.\s]{1,8}$/.exec(name)?.[0].length ?? 0
  const letters = [...name]
  const kept = Math.max(0, letters.length - Array.from(name.slice(name.length - ending)).length - beside)
  return letters.slice(0, kept).join('').length
}
