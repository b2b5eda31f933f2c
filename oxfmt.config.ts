/** Format: no semicolons, single quotes, 120 columns. */
import { defineConfig } from 'oxfmt'

export default defineConfig({
  semi: false,
  singleQuote: true,
  printWidth: 120,
  ignorePatterns: [
    'out/**',
    'dist/**',
    '.work/**',
    'models/**',
    'resources/**',
    'test/fixtures/**',
    'package-lock.json',
    '**/*.md',
  ],
})
