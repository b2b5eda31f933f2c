/** PyTorch beside ours: the same step as a process of its own, where PyTorch is on the machine. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { TorchSpeed } from '../../../shared/bench.ts'
import type { TimingOptions } from './trainSpeed.ts'

const python = process.platform === 'win32' ? 'python' : 'python3'
const script = join(import.meta.dirname, '../../../../scripts/trainTorch.py')

type Ran = { readonly code: number | null; readonly out: string; readonly err: string }

/** Runs python to its end; a python that cannot be started has code null. Ends it when `signal` aborts. */
function run(words: readonly string[], signal?: AbortSignal): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [...words], { stdio: ['ignore', 'pipe', 'pipe'], ...(signal ? { signal } : {}) })
    const said = { out: '', err: '' }
    child.stdout.on('data', (text: Buffer) => (said.out += String(text)))
    child.stderr.on('data', (text: Buffer) => (said.err += String(text)))
    child.on('error', (error) => {
      if (signal?.aborted) reject(signal.reason as Error)
      else resolve({ code: null, out: '', err: error.message })
    })
    child.on('close', (code) => resolve({ code, ...said }))
  })
}

/** PyTorch's version, or null and why there is none. */
export async function findTorch(
  signal?: AbortSignal,
): Promise<{ readonly version: string | null; readonly speed: null; readonly note: string | null }> {
  const missing = (note: string) => ({ version: null, speed: null, note })
  if (!existsSync(script)) return missing('the script that runs PyTorch is not part of this installation')
  const { code, out } = await run(['-c', 'import torch; print(torch.__version__)'], signal)
  return code === 0 ? { version: out.trim(), speed: null, note: null } : missing('PyTorch is not on this machine')
}

/** The same steps in PyTorch; null and why when it fails. */
export async function timeTorch(
  at: TimingOptions,
  signal?: AbortSignal,
): Promise<{ readonly speed: TorchSpeed | null; readonly note: string | null }> {
  const { vocabulary, hidden, layers, heads, headDim, feedForward, ropeTheta } = at.config
  const named = {
    vocabulary,
    hidden,
    layers,
    heads,
    'head-dim': headDim,
    'feed-forward': feedForward,
    theta: ropeTheta,
  }
  const { steps, threads, seed } = at
  const words = Object.entries({ ...named, ...at.rows, steps, threads, seed }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ])
  const { code, out, err } = await run([script, ...words], signal)
  if (code !== 0) return { speed: null, note: `PyTorch failed: ${err.trim().split('\n').at(-1) ?? ''}` }
  return { speed: TorchSpeed.parse(JSON.parse(out)), note: null }
}
