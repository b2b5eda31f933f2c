/** `protocol` and `session`: who answers a page, and what a page is granted. Without handlers of ours Electron grants everything. */
import { life, mustFollowReady } from './life.ts'

type Privileges = { readonly scheme: string; readonly privileges: Readonly<Record<string, boolean>> }
type Handler = (request: Request) => Response | Promise<Response>

/** The handlers of schemes; pages are answered by them alone. */
export const handlers = new Map<string, Handler>()
export const protocol = {
  registerSchemesAsPrivileged: (schemes: readonly Privileges[]): void => {
    if (life.ready) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    if (life.schemes !== null) throw new Error('protocol.registerSchemesAsPrivileged can only be called once')
    life.schemes = new Set(schemes.filter(({ privileges }) => privileges['standard']).map(({ scheme }) => scheme))
  },
  handle: (scheme: string, handler: Handler): void => {
    mustFollowReady('protocol.handle')
    handlers.set(scheme, handler)
  },
}

type Check = (contents: null, permission: string) => boolean
type Ask = (contents: null, permission: string, grant: (granted: boolean) => void) => void
const asked: { check: Check; request: Ask; device: ((details: object) => boolean) | null } = {
  check: () => true,
  request: (_contents, _permission, grant) => grant(true),
  device: null,
}

export const session = {
  get defaultSession() {
    mustFollowReady('session')
    return {
      setPermissionCheckHandler: (handler: Check): void => void (asked.check = handler),
      setPermissionRequestHandler: (handler: Ask): void => void (asked.request = handler),
      setDevicePermissionHandler: (handler: (details: object) => boolean): void => void (asked.device = handler),
      /** Of the stand-in alone: what the handler says of a device; null where there is none. */
      deviceGranted: (): boolean | null => asked.device?.({ deviceType: 'usb' }) ?? null,
    }
  },
}

/** The names of permissions there and in the browser that stands in. */
const names: Readonly<Record<string, string>> = {
  geolocation: 'geolocation',
  notifications: 'notifications',
  'clipboard-read': 'clipboard-read',
  'clipboard-sanitized-write': 'clipboard-write',
  midi: 'midi',
  media: 'camera',
}

/** What a page may use: a web API checks, and where the check is denied it asks. */
export function grantedPermissions(): string[] {
  const usable = Object.keys(names).filter((permission) => {
    let granted = asked.check(null, permission)
    if (!granted) asked.request(null, permission, (given) => (granted = given))
    return granted
  })
  return usable.flatMap((permission) => names[permission] ?? [])
}
