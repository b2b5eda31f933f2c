/** The engine host as the desktop starts it: a utility process, or a plain Node in safe-allocator mode. */
import { app, utilityProcess, type MessagePortMain } from 'electron'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { forkEngine } from '../forked.ts'
import { homeFolder, modelsFolder, rootFolder } from '../settings.ts'
import type { EngineProcess } from '../supervise.ts'

/** Electron's allocator traps on single blocks near 2 GiB; a real Node has no such bound. */
export const safeAllocator = process.env['REFRAG_SAFE_ALLOCATOR'] === '1'

/** Starts `script`, the built host; `printed` hears what it prints. */
export function startHost(script: string, printed: (text: string) => void): EngineProcess {
  return safeAllocator ? forkPlain(script, printed) : forkUtility(script, printed)
}

function places(): Record<string, string> {
  return { REFRAG_HOME: homeFolder(), REFRAG_MODELS: packagedModels() ?? modelsFolder(), REFRAG_DOOR: 'desktop' }
}

function packagedModels(): string | null {
  const folder = join(process.resourcesPath ?? '', 'models')
  return app.isPackaged && existsSync(folder) ? folder : null
}

function forkUtility(script: string, printed: (text: string) => void): EngineProcess {
  const child = utilityProcess.fork(script, [], {
    serviceName: 'REFRAG engine',
    stdio: 'pipe',
    env: { ...process.env, ...places() },
  })
  child.stdout?.on('data', (data) => printed(String(data)))
  child.stderr?.on('data', (data) => printed(String(data)))
  return {
    send: (message, ports = []) => child.postMessage(message, ports as MessagePortMain[]),
    onMessage: (callback) => child.on('message', callback),
    onExit: (callback) => child.on('exit', (code) => callback(`exit code ${code}`)),
    kill: () => child.kill(),
  }
}

function forkPlain(script: string, printed: (text: string) => void): EngineProcess {
  const own = join(rootFolder(), 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  const node = process.env['REFRAG_NODE'] ?? (existsSync(own) ? own : 'node')
  // No Node but Electron's reads an archive: what the host needs lies beside it.
  const outside = script.replace(/\bapp\.asar(?=[/\\])/, 'app.asar.unpacked')
  return forkEngine({ script: outside, env: places(), node, log: printed })
}
