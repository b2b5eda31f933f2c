/** The checks that need no test: format, the linter with the law, the compiler room by room, dead code. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const root = dirname(import.meta.dirname)

export type Step = { readonly name: string; readonly tool: string; readonly args: readonly string[] }

export const checks: readonly Step[] = [
  { name: 'format', tool: 'oxfmt', args: ['--check', 'src', 'test', 'scripts', '*.ts'] },
  { name: 'lint and law', tool: 'oxlint', args: ['--deny-warnings', 'src', 'test', 'scripts'] },
  { name: 'types, room by room', tool: 'typescript', args: ['-b', '--force'] },
  { name: 'dead code', tool: 'knip', args: ['--no-progress'] },
]

/** The JavaScript file behind a package's command, so that no shell is needed on any system. */
export function binOf(tool: string, command: string = tool): string {
  const folder = join(root, 'node_modules', tool)
  const manifest: { readonly bin?: string | Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  )
  const bin = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin?.[command]
  if (bin === undefined || !existsSync(join(folder, bin))) throw new Error(`internal: no command ${command} in ${tool}`)
  return join(folder, bin)
}

/** Runs a step, shows its output only when it fails (or always, with `show`), and says how it went. */
export function runStep(step: Step, show = false): boolean {
  const started = Date.now()
  const command = step.tool === 'typescript' ? 'tsc' : step.tool
  const done = spawnSync(process.execPath, [binOf(step.tool, command), ...step.args], {
    cwd: root,
    stdio: show ? 'inherit' : 'pipe',
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  const ok = done.status === 0
  if (!ok && !show) process.stdout.write(`${done.stdout}${done.stderr}`)
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${step.name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  return ok
}
