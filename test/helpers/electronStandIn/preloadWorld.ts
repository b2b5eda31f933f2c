/** Script sources that run in the page: the preload's isolated world with its `require('electron')`, and the main world's end. */

const domain = 'stand-in.invalid'

/** The address that stands for one of ours: Chromium outside Electron knows no scheme of ours. */
export function standInAddress(url: string): string {
  return url.replace(/^app:\/\/([^/?#]*)/, `https://$1.${domain}`)
}

/** The address that a stand-in address stands for; any other stays. */
export function appAddress(url: string): string {
  return url.replace(/^https:\/\/([^/?#]*)\.stand-in\.invalid/, 'app://$1')
}

export const worldName = 'preload'
export const bindingName = 'standInSend'

/** Runs in the isolated world before any script of the page; `preload` is the built preload's source. */
export function isolatedWorld(preload: string): string {
  return `(() => {
  const listeners = new Map()
  const ports = new Map()
  const exposed = {}
  const send = (message) => ${bindingName}(JSON.stringify(message))
  const emit = (channel, event, ...args) => { for (const listener of listeners.get(channel) ?? []) listener(event, ...args) }
  globalThis.standInReceive = (message) => {
    if (message.type === 'ipc') emit(message.channel, { ports: [] }, ...message.args)
    if (message.type === 'ipc-ports') {
      const made = message.ports.map((id) => {
        const { port1, port2 } = new MessageChannel()
        ports.set(id, port1)
        port1.onmessage = ({ data }) => send({ type: 'port', port: id, data })
        port1.onclose = () => { if (ports.delete(id)) send({ type: 'port-close', port: id }) }
        return port2
      })
      emit(message.channel, { ports: made }, message.message)
    }
    if (message.type === 'port') ports.get(message.port)?.postMessage(message.data)
    if (message.type === 'port-close') { const port = ports.get(message.port); ports.delete(message.port); port?.close() }
  }
  const electron = {
    ipcRenderer: {
      on: (channel, listener) => { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]) },
      send: (channel, ...args) => send({ type: 'ipc', channel, args }),
    },
    webUtils: { getPathForFile: (file) => file.path ?? '' },
    contextBridge: {
      exposeInMainWorld: (name, api) => {
        exposed[name] = api
        const shape = Object.fromEntries(Object.entries(api).map(([key, value]) => [key, typeof value === 'function' ? null : value]))
        document.dispatchEvent(new CustomEvent('stand-in-expose', { detail: JSON.stringify({ name, shape }) }))
      },
    },
  }
  document.addEventListener('stand-in-call', (event) => {
    const { name, key, args } = JSON.parse(event.detail)
    const revived = args.map((arg) => arg !== null && typeof arg === 'object' && 'callback' in arg
      ? (...given) => document.dispatchEvent(new CustomEvent('stand-in-callback', { detail: JSON.stringify({ callback: arg.callback, given }) }))
      : arg)
    const result = exposed[name][key](...revived)
    document.dispatchEvent(new CustomEvent('stand-in-result', { detail: JSON.stringify({ result: result ?? null }) }))
  })
  const run = () => { ((require, process) => { ${preload}
})((name) => { if (name !== 'electron') throw new Error('module not found: ' + name); return electron }, { sandboxed: true, contextIsolated: true, type: 'renderer' }) }
  run()
})()`
}

/** Runs in the main world before any script of the page, and before the isolated world; \`paths\` is the folder of droppable files. */
export function mainWorld(folder: string): string {
  return `(() => {
  let result = null
  const callbacks = []
  document.addEventListener('stand-in-result', (event) => { result = JSON.parse(event.detail).result })
  document.addEventListener('stand-in-callback', (event) => {
    const { callback, given } = JSON.parse(event.detail)
    callbacks[callback](...given)
  })
  const pack = (arg) => {
    if (typeof arg === 'function') return { callback: callbacks.push(arg) - 1 }
    if (arg instanceof File) return { path: ${JSON.stringify(folder)} === '' ? '' : ${JSON.stringify(folder)} + '/' + arg.name }
    return arg
  }
  document.addEventListener('stand-in-expose', (event) => {
    const { name, shape } = JSON.parse(event.detail)
    const api = {}
    for (const [key, value] of Object.entries(shape)) {
      api[key] = value !== null ? value : (...args) => {
        result = null
        document.dispatchEvent(new CustomEvent('stand-in-call', { detail: JSON.stringify({ name, key, args: args.map(pack) }) }))
        return result === null ? undefined : result
      }
    }
    Object.defineProperty(window, name, { value: Object.freeze(api), enumerable: true })
  })
})()`
}
