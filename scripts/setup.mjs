/**
 * Set-up before `npm start` and `npm test`: installs when the lockfile changed, and is instant otherwise.
 * Plain JavaScript for any Node from 20 on, with nothing installed yet.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'node_modules', '.setup-stamp')
const quiet = process.argv.includes('--quiet')

/** Prints progress, which goes to stderr so that a piped `--json` stays clean. */
function say(text) {
  process.stderr.write(`setup: ${text}\n`)
}

/** Prints what is wrong and what to do, and ends. */
function fail(problem, remedy) {
  say(problem)
  say(`remedy: ${remedy}`)
  process.exit(1)
}

/** What must match for an install to count as current. */
function fingerprint() {
  const hash = createHash('sha256')
  for (const name of ['package-lock.json', '.npmrc']) hash.update(readFileSync(join(root, name)))
  return `${hash.digest('hex')} ${process.platform} ${process.arch}`
}

/** Runs npm and gives its exit code with all that it printed; also shown as it comes unless quiet. */
function npm(args) {
  const own = process.env.npm_execpath
  const command = own?.endsWith('.js') ? [process.execPath, own] : [process.platform === 'win32' ? 'npm.cmd' : 'npm']
  const done = spawnSync(command[0], [...command.slice(1), ...args], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32' && command.length === 1,
    env: { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '1', ONNXRUNTIME_NODE_INSTALL: 'skip' },
    maxBuffer: 1 << 28,
  })
  return { code: done.status ?? 1, output: `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}` }
}

/** npm 10 leaves out the link to a command named `node`, which the scripts are run with. */
function linkNode() {
  const windows = process.platform === 'win32'
  const link = join(root, 'node_modules', '.bin', windows ? 'node.cmd' : 'node')
  const names = ['node', 'node-bin'].map((prefix) => `${prefix}-${windows ? 'win' : process.platform}-${process.arch}`)
  const found = names.find((name) => existsSync(join(root, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node')))
  if (found === undefined || existsSync(link)) return
  if (windows) writeFileSync(link, `@"%~dp0\\..\\${found}\\bin\\node.exe" %*\r\n`)
  else symlinkSync(`../${found}/bin/node`, link)
}

/** The one Node 24 that came with the packages, or null. */
function bundledNode() {
  const file = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  if (!existsSync(file)) return null
  const run = spawnSync(file, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' })
  return run.status === 0 ? run.stdout.trim() : null
}

/** Names what npm's output points to, with its remedy. */
function diagnose(output) {
  if (/gyp ERR!.*find Python|Could not find any Python/i.test(output))
    fail('hnswlib-node could not be compiled: no Python 3.', 'Install Python 3 and run again.')
  if (/gyp ERR!|make: not found|g\+\+: not found|not found: make|MSBuild|Xcode/i.test(output))
    fail(
      'hnswlib-node could not be compiled: no working C++ compiler.',
      'Install one (Debian: apt-get install build-essential; macOS: xcode-select --install; Windows: Visual Studio Build Tools) and run again.',
    )
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|network/i.test(output))
    fail('The package registry cannot be reached.', 'Check the network or `npm config get registry`, and run again.')
  if (/ENOSPC/.test(output)) fail('The disk is full.', 'Free about 2 GB and run again.')
  if (/EACCES|EPERM/.test(output)) fail('node_modules cannot be written.', 'Check who owns this folder, and run again.')
  fail('npm ci failed (its output is above).', 'Correct what npm names, or delete node_modules and run again.')
}

const major = Number(process.versions.node.split('.')[0])
if (major < 20) fail(`Node ${process.versions.node} is too old.`, 'Install Node 20 or later.')

const wanted = fingerprint()
const have = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : null
if (have !== wanted) {
  say(have === null ? 'installing packages (once; one to three minutes) …' : 'the lockfile changed; installing …')
  const started = Date.now()
  let result = npm(['ci', '--no-audit', '--no-fund'])
  if (result.code !== 0 && /EUSAGE|lock file|in sync/i.test(result.output)) {
    say('the lockfile and package.json differ; running npm install instead …')
    result = npm(['install', '--no-audit', '--no-fund'])
  }
  if (result.code !== 0) {
    process.stderr.write(`${result.output.split('\n').slice(-40).join('\n')}\n`)
    diagnose(result.output)
  }
  if (!existsSync(join(root, 'node_modules', 'hnswlib-node', 'build', 'Release', 'addon.node'))) {
    say('compiling hnswlib-node …')
    const built = npm(['rebuild', 'hnswlib-node', '--foreground-scripts'])
    if (built.code !== 0) {
      process.stderr.write(`${built.output.split('\n').slice(-40).join('\n')}\n`)
      diagnose(built.output)
    }
  }
  linkNode()
  const node = bundledNode() ?? (major >= 24 ? process.version : null)
  if (node === null)
    fail(
      `No Node 24 came with the packages for ${process.platform}-${process.arch}.`,
      'Install Node 24 and run again with it.',
    )
  writeFileSync(stampFile, fingerprint())
  say(`ready in ${Math.round((Date.now() - started) / 1000)} s (Node ${node.replace(/^v/, '')})`)
} else if (!quiet && process.env.REFRAG_SETUP_VERBOSE) {
  say('packages are current')
}
