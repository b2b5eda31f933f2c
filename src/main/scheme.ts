/** app://workbench: the built page as a secure origin of its own, in place of file://; app://report: a page to be printed. */
import { protocol, session } from 'electron'
import { randomUUID } from 'node:crypto'
import { appOrigin, mayGrant, reportOrigin, reportPolicy } from './guard.ts'
import { plain, respond, type PageResponse } from './page.ts'

/** Pages on offer for printing, by their path. */
const offers = new Map<string, string>()

/** Must run before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Serves `folder` under the scheme and shuts every permission that the page does not need. */
export function serveScheme(folder: string): void {
  protocol.handle('app', async (request) => {
    const { status, headers, body } = await answer(folder, new URL(request.url))
    return new Response(body, { status, headers })
  })
  session.defaultSession.setPermissionRequestHandler((_contents, permission, grant) => grant(mayGrant(permission)))
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => mayGrant(permission))
  session.defaultSession.setDevicePermissionHandler(() => false)
}

/** Offers a page under an address that nobody can guess, until it is withdrawn. */
export function offerPage(html: string): { readonly url: string; readonly withdraw: () => void } {
  const path = `/${randomUUID()}`
  offers.set(path, html)
  return { url: `${reportOrigin}${path}`, withdraw: () => offers.delete(path) }
}

async function answer(folder: string, url: URL): Promise<PageResponse> {
  const origin = `app://${url.host}`
  if (origin === appOrigin) return respond(folder, url.pathname)
  const offered = origin === reportOrigin ? offers.get(url.pathname) : undefined
  if (offered === undefined) return plain(403, 'No such page.')
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': reportPolicy }
  return { status: 200, headers: { ...headers, 'x-content-type-options': 'nosniff' }, body: offered }
}
