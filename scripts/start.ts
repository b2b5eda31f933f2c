/** `npm start`: builds what changed, then opens the desktop, or says in one line why not and opens the browser door. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build } from './build.ts'
import { root } from './checks.ts'
import { findElectron } from './electron.ts'

const args = process.argv.slice(2)
const browserAsked = args.includes('--browser')
// Ctrl-C reaches the child too, which ends in order; this process waits for it.
process.on('SIGINT', () => {})

if (!(await build())) process.exit(1)
process.exitCode = await open()

async function open(): Promise<number> {
  const electron = browserAsked ? { why: 'asked for by --browser' } : await findElectron()
  if ('path' in electron) {
    const started = Date.now()
    const code = await run(electron.path, [root])
    if (code === 0 || Date.now() - started > 10_000) return code
    console.log(`Opening the browser door: Electron ended at once with code ${code}.`)
  } else console.log(`Opening the browser door: ${electron.why}.`)
  const passed = args.filter((arg) => arg !== '--browser')
  const display = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']
  return run(process.execPath, [join(root, 'src/main/cli.ts'), 'serve', ...(display ? ['--open'] : []), ...passed])
}

function run(command: string, commandArgs: readonly string[]): Promise<number> {
  const child = spawn(command, commandArgs, { cwd: root, stdio: 'inherit' })
  process.once('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve) => {
    child.on('error', () => resolve(1))
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
}
