/** The embedding cache: what was made is found again after a restart; what cannot be read is only made again. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { diskCache } from '../../src/main/engine/compress/cache.ts'
import { folderWith } from '../helpers/folder.ts'

const fail = (line: string): never => {
  throw new Error(line)
}

test('vectors are found again after a restart, to the last bit', async () => {
  const path = join(await folderWith(), 'embeddings.sqlite')
  // Two views on one buffer, as a batch of results is: each is kept alone.
  const batch = Float32Array.of(Math.PI, -1e-30, 3, 4)
  const cache = diskCache(path, fail)
  cache.set('a', batch.subarray(0, 2))
  cache.set('b', batch.subarray(2))
  cache.close()
  const again = diskCache(path, fail)
  expect([again.get('a'), again.get('b'), again.get('c')]).toEqual([batch.slice(0, 2), batch.slice(2), null])
  again.clear()
  expect(again.get('a')).toBeNull()
  again.close()
})

test('a file that is no database is told of and set aside, and the cache begins anew', async () => {
  const folder = await folderWith({ 'embeddings.sqlite': 'not a database at all, but long enough to look like one' })
  const path = join(folder, 'embeddings.sqlite')
  const lines: string[] = []
  const cache = diskCache(path, (line) => lines.push(line))
  cache.set('a', Float32Array.of(1, 2))
  cache.close()
  expect(lines).toEqual([expect.stringContaining('embeddings.sqlite is damaged (file is not a database)')])
  const again = diskCache(path, (line) => lines.push(line))
  expect(again.get('a')).toEqual(Float32Array.of(1, 2))
  again.close()
})
