/** Builds the page and the desktop doors into `out/`, only when their sources changed. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { binOf, root } from './checks.ts'

const stampFile = join(root, 'out', '.stamp')
const inputs = ['src/**/*.{ts,tsx,css,html,svg}', 'electron.vite.config.ts', 'package-lock.json']

/** Builds when needed; true when `out/` is current. Prints what fails. */
export async function build(): Promise<boolean> {
  const wanted = fingerprint()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return true
  const started = Date.now()
  process.stderr.write('building the page …\n')
  const { code, output } = await capture(binOf('electron-vite'), ['build'])
  if (code !== 0) {
    process.stderr.write(`${output}\nFAILED build\n`)
    return false
  }
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(stampFile, wanted)
  process.stderr.write(`built in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
  return true
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const name of globSync(inputs, { cwd: root }).toSorted()) {
    hash.update(name).update(readFileSync(join(root, name)))
  }
  return hash.digest('hex')
}

function capture(script: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const parts: string[] = []
  child.stdout.on('data', (data) => parts.push(String(data)))
  child.stderr.on('data', (data) => parts.push(String(data)))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output: parts.join('') }))
  })
}
