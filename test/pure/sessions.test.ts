import { expect, test } from 'vitest'
import type { Session } from '../../src/main/engine/graph/run.ts'
import { keepSessions } from '../../src/main/engine/graph/sessions.ts'

test('a session is opened once, tried again after it failed, and closed with the rest', async () => {
  const told: string[] = []
  const open = (key: string): Promise<Session> => {
    told.push(`open ${key}`)
    if (told.length === 1) return Promise.reject(new Error('no memory'))
    const close = async (): Promise<void> => void told.push(`close ${key}`)
    return Promise.resolve({
      inputs: [],
      outputs: [],
      run: () => Promise.resolve({}),
      fill: () => Promise.resolve(),
      carry: () => Promise.resolve([]),
      copiedBytes: () => 0,
      close,
    })
  }
  const sessions = keepSessions(open)
  await expect(sessions.get('a')).rejects.toThrow('no memory')
  expect(await sessions.get('a')).toBe(await sessions.get('a'))
  await sessions.get('b')
  await sessions.close()
  expect(told).toEqual(['open a', 'open a', 'open b', 'close a', 'close b'])
})
