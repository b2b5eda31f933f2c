/** Runs the commands that README.md marks with `<!-- ci -->`, in a folder of their own: what it tells people must work. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './checks.ts'

const work = process.argv[2] ?? fail('use: node scripts/readme.ts FOLDER')
const blocks = readFileSync(join(root, 'README.md'), 'utf8').matchAll(/<!-- ci -->\s*```sh\n(.*?)```/gs)
const lines = [...blocks]
  .flatMap((block) => (block[1] ?? '').split('\n'))
  .filter((line) => line.startsWith('npm run refrag -- '))
if (lines.length === 0) fail('README.md marks no command')

for (const line of lines) {
  const words = splitWords(line.slice('npm run refrag -- '.length)).map((word) =>
    word.replaceAll('DIR', join(work, 'corpus')).replace(/^IDX$/, join(work, 'index')),
  )
  const started = Date.now()
  const done = spawnSync(process.execPath, [join(root, 'src/main/cli.ts'), ...words], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (done.status !== 0) fail(`${line}\nexit code ${done.status}\n${done.stderr}`)
  if (words.includes('--json')) JSON.parse(done.stdout)
  console.log(`ok     ${line} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
}

function splitWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '')
}

function fail(text: string): never {
  console.error(text)
  process.exit(1)
}
