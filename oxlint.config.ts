/** Lint, and the law of ARCHITECTURE.md as one table: who may import whom. `test/pure/law.test.ts` breaks each row on purpose. */
import { defineConfig, type OxlintOverride } from 'oxlint'

/** The engine's rooms in order: each imports only what stands left of it. */
export const engineLine = [
  'graph',
  'nets',
  'store',
  'tokens',
  'models',
  'corpus',
  'retrieve',
  'compress',
  'sense',
  'expand',
  'measure',
  'parts',
  'ask',
  'whatif',
  'train',
  'bench',
  'serve',
  'engine',
]

/** The page's rooms in order. `App` and `main` stand at the right end; the page of parts, which never ships, right of them. */
export const pageLine = ['parts', 'link', 'state', 'views', 'App', 'main', 'gallery']

/** Heavy or privileged packages, each with the only files that may import it. */
const doors: Readonly<Record<string, readonly string[]>> = {
  'onnxruntime-node': ['src/main/engine/graph/**'],
  'hnswlib-node': ['src/main/engine/retrieve/dense.ts'],
  '@huggingface/hub': ['src/main/engine/models/hub/client.ts'],
  'node:sqlite': ['src/main/engine/store/database.ts'],
  unpdf: ['src/main/engine/corpus/formats/pdf.ts'],
  mammoth: ['src/main/engine/corpus/formats/docx.ts'],
  linkedom: ['src/main/engine/corpus/formats/dom.ts'],
  '@mozilla/readability': ['src/main/engine/corpus/formats/html.ts'],
  papaparse: ['src/main/engine/corpus/formats/csv.ts'],
  hyparquet: ['src/main/engine/corpus/formats/parquet.ts'],
  fflate: ['src/main/engine/corpus/zip.ts'],
  chardet: ['src/main/engine/corpus/encoding.ts'],
  '@huggingface/tokenizers': ['src/main/engine/tokens/library.ts'],
  'hyparquet-writer': ['src/main/engine/bench/export/parquet.ts'],
  ws: ['src/main/web.ts'],
  recharts: ['src/renderer/parts/Chart.tsx'],
  electron: ['src/main/{index,window,menu,scheme,preload}.ts', 'src/main/desktop/**'],
}

type Ban = ({ readonly regex: string } | { readonly group: string[] }) & { readonly message: string }

/** Bans every package of `doors` but those named. */
function closedDoors(...open: readonly string[]): Ban[] {
  return Object.entries(doors)
    .filter(([name]) => !open.includes(name))
    .map(([name, files]) => ({ regex: `^${name}(/|$)`, message: `Only ${files.join(', ')} may import ${name}.` }))
}

/** Bans the rooms that stand right of `room` on `line`, as seen from inside a room's folder or from beside it. */
function rightOf(line: readonly string[], room: string): Ban[] {
  const rooms = line.slice(line.indexOf(room) + 1)
  if (rooms.length === 0) return []
  const beside = line.indexOf(room) === -1 ? '' : `|^\\./(${rooms.join('|')})/`
  return [
    {
      regex: `^(\\.\\./)+(${rooms.join('|')})(/|\\.tsx?$)${beside}`,
      message: `A room imports only what stands left of it: ${line.join(' · ')}.`,
    },
  ]
}

const noPage: Ban = { regex: '/renderer/', message: 'Nothing in main imports the page.' }
const noMain: Ban = { regex: '(^|/)main/', message: 'The page sees the engine only through the contract.' }
const noNode: Ban = { regex: '^node:', message: 'The page has no Node.' }
const noDoor: Ban = {
  regex:
    '^(\\.\\./)+(index|host|web|cli|window|menu|menuTable|preload|scheme|supervise|forked|doorLog|doorPrinter|doorKeeper|doorProber|relay|page|guard|settings|(cli|desktop)/.*)\\.ts$',
  message: 'The engine knows no door.',
}
const onlyEngine: Ban = {
  regex: '/engine/([A-Za-z]+/|ask[.]ts$)',
  message: 'A door imports only engine/engine.ts.',
}
const sharedOnly: Ban = {
  group: ['*', '!./*', '!zod', '!@orpc/contract'],
  message: 'Shared imports nothing but itself, zod and @orpc/contract.',
}

/** One row of the law: these files may not import what the bans name. Later rows replace earlier ones. */
function law(files: readonly string[], bans: readonly Ban[]): OxlintOverride {
  return { files: [...files], rules: { 'no-restricted-imports': ['error', { patterns: [...bans] }] } }
}

const engineRow = [noPage, noDoor]

/** The doors of the readers, a package each. */
const readerDoors = Object.entries(doors).flatMap(([name, files]) =>
  files.filter((file) => file.startsWith('src/main/engine/corpus/')).map((file) => [name, file] as const),
)

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'react', 'jsx-a11y', 'promise'],
  categories: { correctness: 'error', suspicious: 'off' },
  options: { typeAware: true },
  ignorePatterns: ['out/**', 'dist/**', '.work/**', 'models/**', 'resources/**', 'test/fixtures/**'],
  rules: {
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-misused-spread': 'off',
    'typescript/consistent-type-imports': 'error',
    'react/rules-of-hooks': 'error',
    'react/exhaustive-deps': 'error',
    'react/react-in-jsx-scope': 'off',
    // A tree of tags cannot say all that roles can: toolbars, radios with reasons, progress with a free end.
    'jsx-a11y/prefer-tag-over-role': 'off',
    'no-console': 'off',
    'no-await-in-loop': 'off',
    eqeqeq: 'error',
    'prefer-const': 'error',
    'no-var': 'error',
  },
  overrides: [
    law(['src/shared/**'], [sharedOnly]),
    law(['src/shared/random.ts'], [{ ...sharedOnly, group: ['*', '!pure-rand', '!pure-rand/**'] }]),
    ...engineLine.map((room) =>
      law(
        [`src/main/engine/${room}/**`, `src/main/engine/${room}.ts`],
        [...engineRow, ...rightOf(engineLine, room), ...closedDoors()],
      ),
    ),
    law(
      ['src/main/engine/graph/**'],
      [...engineRow, ...rightOf(engineLine, 'graph'), ...closedDoors('onnxruntime-node')],
    ),
    law(
      ['src/main/engine/retrieve/dense.ts'],
      [...engineRow, ...rightOf(engineLine, 'retrieve'), ...closedDoors('hnswlib-node')],
    ),
    law(
      ['src/main/engine/store/database.ts'],
      [...engineRow, ...rightOf(engineLine, 'store'), ...closedDoors('node:sqlite')],
    ),
    law(
      ['src/main/engine/models/hub/client.ts'],
      [...engineRow, ...rightOf(engineLine, 'models'), ...closedDoors('@huggingface/hub')],
    ),
    law(
      ['src/main/engine/tokens/library.ts'],
      [...engineRow, ...rightOf(engineLine, 'tokens'), ...closedDoors('@huggingface/tokenizers')],
    ),
    ...readerDoors.map(([name, file]) =>
      law([file], [...engineRow, ...rightOf(engineLine, 'corpus'), ...closedDoors(name)]),
    ),
    law(
      ['src/main/engine/bench/export/parquet.ts'],
      [...engineRow, ...rightOf(engineLine, 'bench'), ...closedDoors('hyparquet-writer')],
    ),
    law(['src/main/*.ts', 'src/main/cli/**'], [noPage, onlyEngine, ...closedDoors()]),
    law(['src/main/web.ts'], [noPage, onlyEngine, ...closedDoors('ws')]),
    law(doors['electron'] ?? [], [noPage, { ...onlyEngine, regex: '/engine/' }, ...closedDoors('electron')]),
    law(['src/renderer/*'], [noMain, noNode, ...closedDoors()]),
    ...pageLine.map((room) =>
      law(
        [`src/renderer/${room}/**`, `src/renderer/${room}.{ts,tsx}`],
        [noMain, noNode, ...rightOf(pageLine, room), ...closedDoors()],
      ),
    ),
    law(['src/renderer/parts/Chart.tsx'], [noMain, noNode, ...rightOf(pageLine, 'parts'), ...closedDoors('recharts')]),
    // In a test a missing value is a failure, and the assertion says so.
    { files: ['test/**'], rules: { 'typescript/no-non-null-assertion': 'off' } },
    { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off' } },
  ],
})
