/** The page of parts, served from its sources: nothing of it is in a build. */
import react from '@vitejs/plugin-react'
import { join } from 'node:path'
import { createServer } from 'vite'
import { root } from './checks.ts'

export type ServedParts = { readonly url: string; readonly stop: () => Promise<void> }

/** Serves to this machine alone, at a port that is free where none is named, and again what changes. */
export async function serveParts(port = 0): Promise<ServedParts> {
  const server = await createServer({
    configFile: false,
    root: join(root, 'src/renderer'),
    cacheDir: join(root, '.work/vite'),
    plugins: [react()],
    optimizeDeps: { entries: ['gallery/index.html'] },
    server: { host: '127.0.0.1', port },
    logLevel: 'warn',
  })
  await server.listen()
  const [url] = server.resolvedUrls?.local ?? []
  if (url === undefined) throw new Error('internal: the server of the parts has no address')
  return { url: new URL('gallery/', url).href, stop: () => server.close() }
}
