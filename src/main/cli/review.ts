/** `review`: what files and folders come to, before an index is built of them. */
import { columnRoles, type ColumnMapping } from '../../shared/corpus.ts'
import type { ReviewedFile } from '../../shared/review.ts'
import { follow, type Command, type Scene } from './command.ts'
import { paths, reading, readingFlags } from './reading.ts'
import { bytesText, table } from './table.ts'

export const review: Command = {
  name: 'review',
  about: 'look over files and folders before indexing: types, sizes, duplicates, columns, what cannot be read and why',
  takes: 'FILE|FOLDER…',
  flags: {
    ...readingFlags,
    seconds: {
      type: 'string',
      value: 'S',
      about: 'read files through for this long; the rest is estimated',
      default: '20',
    },
  },
  run: async (scene, values) => {
    const input = { ...reading(values), paths: paths(values, 'review'), seconds: values.number('seconds') }
    const found = await follow(scene, scene.client.corpus.review(input, { signal: scene.signal }))
    showFiles(scene, found.files)
    const { estimate } = found
    if (estimate !== null) {
      const time = estimate.seconds === null ? 'no bundle to time it with' : `about ${Math.ceil(estimate.seconds)} s`
      scene.print(
        `${estimate.exact ? '' : 'about '}${estimate.passages} passages, ${time}, about ${bytesText(estimate.bytes)} on disk`,
      )
    }
    return found
  },
}

function showFiles(scene: Scene, files: readonly ReviewedFile[]): void {
  scene.print(
    table(
      ['file', 'type', 'size', 'documents', 'passages', 'columns'],
      files.map(({ name, format, bytes, text, table: rows }) => [
        name,
        format,
        bytesText(bytes),
        text?.documents ?? null,
        text?.passages ?? null,
        rows === null ? '' : mappingText(rows.mapping, rows.columns),
      ]),
    ),
  )
  for (const { name, fault, duplicateOf } of files) {
    if (fault !== null) scene.print(`${name}: ${fault.reason} ${fault.remedy}`)
    if (duplicateOf !== null) scene.print(`${name}: the very same as ${duplicateOf}`)
  }
}

function mappingText(mapping: ColumnMapping, columns: readonly string[]): string {
  const mapped = columnRoles.flatMap((role) => (mapping[role] === undefined ? [] : [`${role}=${mapping[role]}`]))
  return mapped.length > 0 ? mapped.join(',') : `none of ${columns.join(', ')}`
}
