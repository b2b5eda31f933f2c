/** `documents` and `document`: what an index is made of, and the text of one with its passages and chunks. */
import { UsageError, type Flags } from './arguments.ts'
import type { Command } from './command.ts'
import { only } from './indexing.ts'
import { table } from './table.ts'

const inIndex: Flags = { index: { type: 'string', value: 'IDX', about: 'folder of the index', required: true } }

export const documents: Command = {
  name: 'documents',
  about: 'list the documents of an index',
  takes: '["PART OF A TITLE OR PATH"]',
  flags: {
    ...inIndex,
    from: { type: 'string', value: 'N', about: 'the first one listed', default: '0' },
    count: { type: 'string', value: 'N', about: 'how many', default: '50' },
  },
  run: async (scene, values) => {
    const found = await scene.client.index.documents({
      path: values.text('index'),
      from: values.integer('from'),
      count: values.integer('count'),
      find: values.positionals.join(' '),
    })
    scene.print(
      table(
        ['number', 'title', 'format', 'characters', 'passages', 'file'],
        found.documents.map((each) => [
          each.number,
          each.title.slice(0, 60),
          each.format,
          each.characters,
          each.passages,
          each.file,
        ]),
      ),
    )
    scene.print(`${found.documents.length} of ${found.total}`)
    return found
  },
}

export const document: Command = {
  name: 'document',
  about: 'the text of a document with its passages, and their chunks with --k',
  takes: 'NUMBER',
  flags: {
    ...inIndex,
    k: { type: 'string', value: 'N', about: 'tokens per chunk' },
    from: { type: 'string', value: 'N', about: 'first character', default: '0' },
    count: { type: 'string', value: 'N', about: 'characters', default: '200000' },
  },
  run: async (scene, values) => {
    const number = Number(only(values, 'document takes the number of a document, as `documents` lists it'))
    if (!Number.isSafeInteger(number)) throw new UsageError('document takes the number of a document')
    const window = {
      path: values.text('index'),
      document: number,
      from: values.integer('from'),
      count: values.integer('count'),
    }
    const found = await scene.client.index.document(window)
    const k = values.optional('k') === undefined ? null : values.integer('k')
    const chunks = k === null ? null : await scene.client.index.chunks({ ...window, k })
    for (const [at, { id, from, to, span }] of found.passages.entries()) {
      const part = span.part === undefined ? '' : `${span.part.unit} ${span.part.number}, `
      const cut = chunks?.passages[at]
      scene.print(
        `\n[${id}, ${part}lines ${span.lineFrom} to ${span.lineTo}${cut === undefined ? '' : `, ${cut.ends.length} chunks`}]\n` +
          pieces(
            found.text,
            { from: from - found.from, to: to - found.from },
            cut?.ends.map((end) => end - found.from),
          ).join('¦'),
      )
    }
    return chunks === null ? found : { ...found, chunks }
  },
}

/** A stretch of the text cut at `ends`. */
function pieces(text: string, { from, to }: { from: number; to: number }, ends: readonly number[] = [to]): string[] {
  return ends.map((end, at) => text.slice(at === 0 ? Math.max(0, from) : (ends[at - 1] ?? 0), end))
}
