/** Which processes count as running: what a dead one held must be free at once. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isRunning } from '../../src/main/engine/store/process.ts'

test('this process runs, and its child until it ends', async () => {
  expect(isRunning(process.pid)).toBe(true)
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])
  expect(isRunning(child.pid ?? 0)).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isRunning(child.pid ?? 0)).toBe(false)
})

test.skipIf(process.platform !== 'linux')('one that ended and was never reaped does not run', async () => {
  // The shell becomes a sleep, which never asks how its child ended.
  const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'])
  try {
    const [line] = await once(parent.stdout, 'data')
    const pid = Number(String(line))
    expect(isRunning(pid)).toBe(true)
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false)
    expect(() => process.kill(pid, 0)).not.toThrow()
  } finally {
    parent.kill('SIGKILL')
  }
})
