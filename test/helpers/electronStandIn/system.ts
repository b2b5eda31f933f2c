/** What Electron borrows of the system: dialogs, the theme, notifications, sleep, crash dumps, the menu. Nobody sits before them. */
import { EventEmitter } from 'node:events'
import { mustFollowReady } from './life.ts'
import { BrowserWindow } from './window.ts'

type Source = 'system' | 'light' | 'dark'

class NativeTheme extends EventEmitter {
  #source: Source = 'system'

  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark'
  }

  get themeSource(): Source {
    return this.#source
  }

  set themeSource(source: Source) {
    if (!['system', 'light', 'dark'].includes(source)) throw new Error(`Invalid theme source ${source}`)
    this.#source = source
    for (const window of BrowserWindow.getAllWindows()) window.setScheme(source)
    this.emit('updated')
  }
}
export const nativeTheme = new NativeTheme()

/** Nobody answers: a dialog is dismissed, which gives its `cancelId`. A test that wants another answer replaces the function. */
export const dialog = {
  showMessageBox: async (_window: unknown, options: { readonly cancelId?: number }) => ({
    response: options.cancelId ?? 0,
    checkboxChecked: false,
  }),
}

export const shell = {
  openExternal: async (_url: string): Promise<void> => {},
  showItemInFolder: (_path: string): void => {},
}

/** Encrypts with a key of this process alone, as a system without a keyring does not. */
const mask = (bytes: Uint8Array): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0x5a))
export const safeStorage = {
  isEncryptionAvailable: (): boolean => {
    mustFollowReady('safeStorage')
    return true
  },
  getSelectedStorageBackend: (): string => 'gnome_libsecret',
  encryptString: (text: string): Buffer => mask(Buffer.from(`v11${text}`)),
  decryptString: (encrypted: Buffer): string => {
    const text = mask(encrypted).toString()
    if (!text.startsWith('v11'))
      throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.')
    return text.slice(3)
  },
}

const blockers = new Set<number>()
let blockerCount = 0
export const powerSaveBlocker = {
  start: (): number => {
    mustFollowReady('powerSaveBlocker')
    blockers.add((blockerCount += 1))
    return blockerCount
  },
  stop: (id: number): boolean => blockers.delete(id),
  isStarted: (id: number): boolean => blockers.has(id),
}

export class Notification extends EventEmitter {
  static readonly shown: Notification[] = []
  readonly title: string
  readonly body: string

  constructor({ title = '', body = '' }: { readonly title?: string; readonly body?: string }) {
    super()
    this.title = title
    this.body = body
  }

  static isSupported(): boolean {
    return true
  }

  show(): void {
    mustFollowReady('Notification')
    Notification.shown.push(this)
    this.emit('show')
  }
}

let uploads: boolean | null = null
export const crashReporter = {
  start: (options: { readonly submitURL?: string; readonly uploadToServer?: boolean }): void => {
    const upload = options.uploadToServer ?? true
    if (upload && options.submitURL === undefined)
      throw new Error('submitURL must be specified when uploadToServer is true')
    uploads = upload
  },
  /** Null until it is started. */
  getUploadToServer: (): boolean | null => uploads,
}

export const screen = {
  getAllDisplays: () => {
    mustFollowReady('screen')
    return [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }]
  },
}

type Item = {
  readonly id?: string
  readonly click?: () => void
  readonly role?: string
  readonly submenu?: readonly Item[]
}
class BuiltMenu {
  readonly items: readonly Item[]

  constructor(items: readonly Item[]) {
    this.items = items
  }

  getMenuItemById(id: string): Item | null {
    return find(this.items, id)
  }
}

let menu: BuiltMenu | null = null
export const Menu = {
  buildFromTemplate: (template: readonly Item[]): BuiltMenu => new BuiltMenu(template),
  setApplicationMenu: (built: BuiltMenu | null): void => {
    menu = built
  },
  getApplicationMenu: (): BuiltMenu | null => menu,
}

function find(items: readonly Item[], id: string): Item | null {
  for (const item of items) {
    if (item.id === id) return item
    const inside = item.submenu === undefined ? null : find(item.submenu, id)
    if (inside !== null) return inside
  }
  return null
}
