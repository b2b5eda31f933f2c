/** app://workbench: the built page as a secure origin of its own, in place of file://. */
import { protocol, session } from 'electron'
import { appOrigin, mayGrant } from './guard.ts'
import { plain, respond } from './page.ts'

/** Must run before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Serves `folder` under the scheme and shuts every permission that the page does not need. */
export function serveScheme(folder: string): void {
  protocol.handle('app', async (request) => {
    const url = new URL(request.url)
    const { status, headers, body } =
      `app://${url.host}` === appOrigin ? await respond(folder, url.pathname) : plain(403, 'No such page.')
    return new Response(body, { status, headers })
  })
  session.defaultSession.setPermissionRequestHandler((_contents, permission, grant) => grant(mayGrant(permission)))
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => mayGrant(permission))
  session.defaultSession.setDevicePermissionHandler(() => false)
}
