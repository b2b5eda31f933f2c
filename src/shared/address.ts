/** Addresses of views: which screen, which run, what is selected. They hold no data, and opening one runs nothing. */

/** What pages and Node share of it. */
declare const URLSearchParams: new (text: string) => { readonly get: (name: string) => string | null }

/** What an address may name; a field that is left out stands for nothing. */
export type Address = {
  readonly screen?: string
  readonly stage?: string
  readonly run?: string
  readonly chunk?: number
  readonly passage?: string
}

/** What is opened by the system's own links. */
export const linkStart = 'refrag://open'

/**
 * Reads `screen=bench&run=ID&sel=chunk:17`, with or without `#` or `refrag://open?` before it. What cannot be read is named in
 * `problems`; fields of later versions are left alone.
 */
export function readAddress(text: string): { readonly address: Address; readonly problems: readonly string[] } {
  const fields = new URLSearchParams(text.replace(/^refrag:\/\/open\/?/, '').replace(/^[#?]/, ''))
  const problems: string[] = []
  const word = (name: string): string | undefined => {
    const value = fields.get(name)
    if (value === null || value === '') return undefined
    if (value.length <= 200) return value
    problems.push(`Its ${name} is too long.`)
    return undefined
  }
  const [screen, stage, run, sel] = [word('screen'), word('stage'), word('run'), word('sel')]
  const [, kind, name = ''] = /^(chunk|passage):(.+)$/.exec(sel ?? '') ?? []
  // One chunk is selected; a link of several begins with the first.
  const [first = ''] = name.split(',')
  const chunk = kind === 'chunk' && /^\d{1,7}$/.test(first) ? Number(first) : undefined
  const passage = kind === 'passage' ? name : undefined
  if (sel !== undefined && chunk === undefined && passage === undefined) {
    problems.push(`Its selection “${sel}” is neither chunk:N nor passage:ID.`)
  }
  const found = { screen, stage, run, chunk, passage }
  const named = Object.entries(found).filter(([, value]) => value !== undefined)
  return { address: Object.fromEntries(named) as Address, problems }
}

/** The address as a query, without anything before it. */
export function writeAddress({ screen, stage, run, chunk, passage }: Address): string {
  const selected = chunk !== undefined ? `chunk:${chunk}` : passage !== undefined ? `passage:${passage}` : undefined
  const fields = Object.entries({ screen, stage, run, sel: selected })
  return fields
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value).replaceAll('%3A', ':')}`],
    )
    .join('&')
}
