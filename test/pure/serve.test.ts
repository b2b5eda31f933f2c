/** How the engine serves: one run at a time in order, work that emits as a stream that ends when its reader leaves. */
import { describe, expect, test } from 'vitest'
import { makeLock } from '../../src/main/engine/serve/lock.ts'
import { streamOf } from '../../src/main/engine/serve/stream.ts'

describe('the lock', () => {
  test('gives turns in the order of asking, one at a time', async () => {
    const lock = makeLock()
    const log: string[] = []
    const work = async (name: string) => {
      const release = await lock.take()
      log.push(`${name} in`)
      await new Promise((resolve) => setImmediate(resolve))
      log.push(`${name} out`)
      release()
    }
    await Promise.all([work('a'), work('b'), work('c')])
    expect(log).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
  })

  test('one who stops waiting does not hold up those behind', async () => {
    const lock = makeLock()
    const release = await lock.take()
    const stop = new AbortController()
    const waiting = lock.take(stop.signal)
    const behind = lock.take()
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    release()
    ;(await behind)()
    await expect(lock.take(stop.signal)).rejects.toMatchObject({ name: 'AbortError' })
    ;(await lock.take())()
  })
})

describe('a stream', () => {
  test('yields what the work emits, then its result', async () => {
    const stream = streamOf<number, string>(
      async (emit) => {
        emit(1)
        await Promise.resolve()
        emit(2)
        return 'xyz'
      },
      (result) => result.length,
    )
    expect(await Array.fromAsync(stream)).toEqual([1, 2, 3])
  })

  test('ends the work when its reader leaves, and waits until it is over', async () => {
    let over = false
    const stream = streamOf<number, number>(
      async (emit, signal) => {
        emit(1)
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        await new Promise((resolve) => setImmediate(resolve))
        over = true
        throw signal.reason
      },
      (result) => result,
    )
    for await (const event of stream) if (event === 1) break
    expect(over).toBe(true)
  })

  test('gives its events before its failure', async () => {
    const seen: number[] = []
    const stream = streamOf<number, number>(
      async (emit) => {
        emit(1)
        throw new Error('broken')
      },
      (result) => result,
    )
    await expect(
      (async () => {
        for await (const event of stream) seen.push(event)
      })(),
    ).rejects.toThrow('broken')
    expect(seen).toEqual([1])
  })
})
