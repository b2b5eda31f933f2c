/** Texts that imported decoders go on from: begun as their tokenizers begin one, and gone on with no space lost. */
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importFolder } from '../../src/main/engine/serve/importing.ts'
import { askModel } from '../../src/main/engine/serve/models.ts'
import { trainBpe } from '../../src/main/engine/tokens/bpe.ts'
import { openTokenizer } from '../../src/main/engine/tokens/tokenizer.ts'
import { folderWith } from '../helpers/folder.ts'
import { resultOf } from '../helpers/jobResult.ts'
import { onCpu } from '../helpers/onCpu.ts'

const fixtures = join(import.meta.dirname, '../fixtures/models')

/** A fixture imported with another tokenizer, and what of its config is changed. */
async function importedWith(name: string, tokenizer: object, change: object = {}): Promise<string> {
  const folder = await folderWith()
  await cp(join(fixtures, name), folder, { recursive: true })
  const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, ...change }))
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer))
  const home = await folderWith()
  await resultOf(importFolder({ path: folder, name: 'one', dtype: 'f32' }, home))
  return home
}
const asked = (home: string, prompt: string, tokens = 8) =>
  resultOf(askModel({ name: 'one', prompt, tokens, temperature: 0, seed: 1 }, home, onCpu))

test('stories260K writes the story of its reference, from a text that ends anywhere in it', async () => {
  const json = JSON.parse(await readFile(join(fixtures, 'stories260K/tokenizer.json'), 'utf8'))
  const reference = JSON.parse(await readFile(join(fixtures, 'stories260K/reference.json'), 'utf8'))
  const home = await importedWith('stories260K', json)
  const whole = await asked(home, reference.prompt, reference.greedy.length)
  expect(whole.prompt).toEqual(reference.inputIds)
  expect(whole.ids).toEqual(reference.greedy)
  expect(`${reference.prompt}${whole.text}`.startsWith(reference.text)).toBe(true)
  // The prompt's end is a word's: what comes next begins with the space between them.
  const words = reference.text.split(' ')
  const begun = words.slice(0, -6).join(' ')
  const rest = await asked(home, begun, 12)
  expect(`${begun}${rest.text}`.startsWith(reference.text.slice(0, begun.length + 12))).toBe(true)
  expect(rest.text.startsWith(' ')).toBe(true)
})

const bytes = trainBpe({ texts: ['the story of the bear and the bee'], size: 270, special: ['<|end|>'] })

test('a text begins with what its tokenizer puts there, and not with what the config alone names', async () => {
  const ids = [...openTokenizer(bytes).encode('the bear')]
  const silent = { ...bytes, post_processor: null }
  const byteLevel = { ...bytes, post_processor: { type: 'ByteLevel', trim_offsets: false } }
  const named = { bos_token_id: 0 }
  expect((await asked(await importedWith('qwen2', byteLevel, named), 'the bear')).prompt).toEqual(ids)
  expect((await asked(await importedWith('qwen2', silent, named), 'the bear')).prompt).toEqual([0, ...ids])
  expect((await asked(await importedWith('qwen2', silent), 'the bear')).prompt).toEqual(ids)
})

test('a continuation of bytes is told from where the prompt ends', async () => {
  const home = await importedWith('gpt2', { ...bytes, post_processor: { type: 'ByteLevel' } })
  const { prompt, ids, text } = await asked(home, 'the bear', 12)
  const { decode } = openTokenizer(bytes)
  const expected = decode([...prompt, ...ids]).slice('the bear'.length)
  // What ends in half a character is not told.
  expect(expected.startsWith(text)).toBe(true)
  expect(expected.slice(text.length).replaceAll('\ufffd', '')).toBe('')
})
