/** The browser door keeps out everyone who was not given its address. */
import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWeb, type Web } from '../../src/main/web.ts'

let home: string
let web: Web
let url: URL

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'refrag-token-'))
  web = await openWeb({ port: 0, home, models: join(import.meta.dirname, '../../models'), log: () => {} })
  url = new URL(web.url)
})
afterAll(async () => {
  await web.close()
  await rm(home, { recursive: true })
})

function status(path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: url.port, path, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', reject)
  })
}

function connect(path: string, origin: string, host = url.host): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${url.port}${path}`, { origin, headers: { host } })
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.close()
      resolve('open')
    })
    socket.on('error', (error) => resolve(error.message))
  })
}

test('the page needs the token and the right name of this machine', async () => {
  expect(await status(`/${url.search}`)).toBe(200)
  expect(await status('/')).toBe(403)
  expect(await status('/?token=wrong')).toBe(403)
  expect(await status(`/${url.search}`, { host: `evil.test:${url.port}` })).toBe(403)
})

test('the engine needs the token, our origin and the right name', async () => {
  expect(await connect(`/engine${url.search}`, url.origin)).toBe('open')
  expect(await connect('/engine?token=wrong', url.origin)).toContain('403')
  expect(await connect('/engine', url.origin)).toContain('403')
  expect(await connect(`/engine${url.search}`, 'http://evil.test')).toContain('403')
  expect(await connect(`/engine${url.search}`, `http://evil.test:${url.port}`, `evil.test:${url.port}`)).toContain(
    '403',
  )
  expect(await connect(`/other${url.search}`, url.origin)).toContain('403')
})

test('a taken port is a fault that names it', async () => {
  const again = openWeb({ port: Number(url.port), home, models: home, log: () => {} })
  await expect(again).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining(url.port) })
})
