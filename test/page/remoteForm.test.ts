/** What is typed of a server: read back from a confirmed one as it was, and asked about where it would go elsewhere. */
import { describe, expect, test } from 'vitest'
import {
  emptyForm,
  formOf,
  isNew,
  readForm,
  timeBounds,
  timesNote,
} from '../../src/renderer/views/settings/remoteForm.ts'
import { AddRemote, type RemoteInfo } from '../../src/shared/remote.ts'
import { endpointOf, remoteKinds, type Endpoint, type RemoteKind } from '../../src/shared/remoteKinds.ts'

const infoOf = (typed: string, kind: RemoteKind): RemoteInfo => ({
  name: 'gpu',
  kind,
  endpoint: endpointOf(typed, kind).url,
  host: endpointOf(typed, kind).host,
  model: 'llama',
  dtype: 'bf16',
  logProbs: false,
  keyEnv: 'GPU_KEY',
  timeouts: { connectMs: 500, firstTokenMs: 900_000, idleMs: 60_000 },
  confirmed: 'now',
  sends: 'embeddings',
  encrypted: false,
  key: 'kept',
})

test('a form begins with what the contract takes for what is left out', () => {
  const { key: _key, keyEnv: _keyEnv, name: _name, ...typed } = emptyForm
  const left = AddRemote.parse({ url: 'http://gpu', kind: 'vllm', model: 'm', confirm: 'gpu' })
  expect({ ...left, confirm: undefined, keyEnv: undefined }).toEqual({
    ...typed,
    url: 'http://gpu',
    model: 'm',
    confirm: undefined,
    keyEnv: undefined,
  })
  for (const bound of timeBounds) expect(timesNote).toContain(String(bound))
  const [, most] = timeBounds
  const with_ = (connectMs: number) => AddRemote.shape.timeouts.safeParse({ connectMs }).success
  expect([with_(most * 1000), with_(most * 1000 + 1)]).toEqual([true, false])
})

describe.each(remoteKinds)('a %s server', (kind) => {
  test.each(['http://gpu:8000', 'https://gpu/x/', 'http://gpu/v1'])(
    'at %s is read back to the same address',
    (typed) => {
      const info = infoOf(typed, kind)
      const form = formOf(info)
      const found = readForm(form) as Endpoint
      expect(found.url).toBe(info.endpoint)
      expect(form).toMatchObject({
        key: '',
        keyEnv: 'GPU_KEY',
        dtype: 'bf16',
        logProbs: false,
        timeouts: info.timeouts,
      })
      expect(isNew(form, found, info)).toBe(false)
      expect(isNew(form, found, null)).toBe(true)
    },
  )
})

test('another host, another way to it and another kind are asked about', () => {
  const info = infoOf('http://gpu:8000', 'vllm')
  for (const change of [{ url: 'http://other:8000' }, { url: 'https://gpu:8000' }, { kind: 'sglang' as const }]) {
    const form = { ...formOf(info), ...change }
    expect(isNew(form, readForm(form) as Endpoint, info)).toBe(true)
  }
})
