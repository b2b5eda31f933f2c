/** Preload, sandboxed: a few named functions for the page, and the engine's port handed through. Nothing of Electron crosses. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'

/** What the engine host is doing, for the page to say. */
type EngineState =
  | { readonly type: 'ready' }
  | { readonly type: 'gone'; readonly reason: string; readonly restartMs: number }

contextBridge.exposeInMainWorld('workbench', {
  desktop: true,
  /** The path of a dropped file; empty for files that a script made. */
  pathForFile: (file: File): string => webUtils.getPathForFile(file),
  /** Calls `callback` with the id of each menu command. */
  onMenu: (callback: (command: string) => void): void => {
    ipcRenderer.on('menu', (_event, command: string) => callback(command))
  },
  /** Calls `callback` at each change of the engine process. */
  onEngine: (callback: (state: EngineState) => void): void => {
    ipcRenderer.on('engine-state', (_event, state: EngineState) => callback(state))
  },
  /** Calls `callback` with each thing that the system hands over: a link, documents, a session. */
  onHanded: (callback: (handed: unknown) => void): void => {
    ipcRenderer.on('handed', (_event, handed: unknown) => callback(handed))
  },
  /** Puts files that were opened on the system's list of recent documents. */
  noteOpened: (paths: readonly string[]): void => ipcRenderer.send('opened', paths),
  /** Sets the theme of what the system draws: title bar, menus, dialogs. */
  setTheme: (theme: 'system' | 'light' | 'dark'): void => ipcRenderer.send('theme', theme),
  /** Shows a file or folder of the workbench's own home where the system shows files. */
  reveal: (path: string): void => ipcRenderer.send('reveal', path),
  /** Opens one of the allowed addresses in the user's browser, after a question. */
  openOutside: (url: string): void => ipcRenderer.send('open-outside', url),
})

ipcRenderer.on('engine-port', (event) => {
  window.postMessage('engine-port', '*', [...event.ports])
})

// The page may come up before or after the engine: it asks once its own listener stands.
window.addEventListener('DOMContentLoaded', () => ipcRenderer.send('page-ready'))
