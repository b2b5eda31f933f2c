/** Tests by what they need: pure (nothing), native (onnxruntime, hnswlib, SQLite), page (a DOM), app (a browser). */
import { availableParallelism } from 'node:os'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { long } from './test/long.ts'

/** Which files: `short` leaves the long ones out, `long` runs only them; else all, as where a file is named. */
const which = process.env['REFRAG_TESTS'] ?? 'all'
const included = (...patterns: string[]): { include: string[]; exclude: string[] } => {
  const folders = patterns.map((pattern) => pattern.slice(0, pattern.lastIndexOf('/') + 1).replace('**/', ''))
  if (which === 'long')
    return { include: long.filter((file) => folders.some((each) => file.startsWith(each))), exclude: [] }
  return { include: patterns, exclude: which === 'short' ? [...long] : [] }
}
// A journey mostly waits, so that two share two cores well.
const cores = availableParallelism()
const maxWorkers = Math.max(2, cores - 1)

export default defineConfig({
  plugins: [react()],
  test: {
    reporters: process.env['CI'] === undefined ? ['default'] : ['dot'],
    passWithNoTests: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          ...included('test/pure/**/*.test.ts'),
          environment: 'node',
          testTimeout: 30_000,
          maxWorkers,
        },
      },
      {
        extends: true,
        test: {
          name: 'native',
          ...included('test/native/**/*.test.ts'),
          environment: 'node',
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers,
        },
      },
      {
        extends: true,
        test: {
          name: 'page',
          ...included('test/page/**/*.test.{ts,tsx}'),
          environment: 'jsdom',
          testTimeout: 30_000,
          maxWorkers,
        },
      },
      {
        extends: true,
        test: {
          name: 'app',
          ...included('test/app/**/*.test.ts'),
          environment: 'node',
          pool: 'forks',
          maxWorkers: Math.min(maxWorkers, 4),
          sequence: { groupOrder: 1 },
          globalSetup: ['test/helpers/built.ts'],
          // What a page shows is waited for, as a reader would wait: a machine under load is slow, not wrong.
          expect: { poll: { timeout: 20_000 } },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
