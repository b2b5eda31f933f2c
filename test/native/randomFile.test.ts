/** Random weights of a large shape: mapped from a file as each format holds them, gone when the file is removed. */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { randomFile } from '../../src/main/engine/bench/randomFile.ts'
import { openDecoder } from '../../src/main/engine/expand/decoder.ts'
import { numbersFrom } from '../helpers/numbers.ts'
import { tinyConfig } from '../helpers/tinyBundle.ts'

test.each(['f32', 'int8', 'int4'] as const)('%s: a decoder runs on it, its logits are numbers', async (format) => {
  const { weights, remove } = await randomFile(tinyConfig.decoder, format, 7)
  const files = new Set([...weights.values()].map((each) => ('file' in each ? each.file : '')))
  expect(files.size).toBe(1)
  const [file] = files as Set<string>
  const decoder = await openDecoder(tinyConfig.decoder, weights, { threads: 1, format })
  decoder.reserve(20)
  const logits = await decoder.feed(numbersFrom(20 * tinyConfig.decoder.hidden, 3), 'last')
  expect(logits).toHaveLength(tinyConfig.decoder.vocabulary)
  expect(logits.every(Number.isFinite)).toBe(true)
  expect(new Set(logits).size).toBeGreaterThan(1)
  await decoder.close()
  await remove()
  expect(existsSync(file!)).toBe(false)
})
