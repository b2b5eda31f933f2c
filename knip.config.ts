/** Dead code: what no door, script or test reaches is reported. */
import type { KnipConfig } from 'knip'

const config: KnipConfig = {
  entry: [
    'src/main/{index,host,preload,cli}.ts',
    'scripts/*.{ts,mjs}',
    // What compareEngines.ts starts as processes.
    'scripts/engines/{llama,ours,transformers}.ts',
    // Its page is served in development and no build names it.
    'src/renderer/gallery/main.tsx',
    // What tests start as processes or load with --import.
    'test/helpers/electronStandIn/*.ts',
    'test/helpers/benchPage.ts',
    'test/helpers/bigModel.ts',
    'test/helpers/{fullDisk,endlessBuild,noElectron,noReaders,badDriver,deviceLogits}.ts',
  ],
  project: ['src/**/*.{ts,tsx}', 'scripts/**/*.{ts,mjs}', 'test/**/*.{ts,tsx}'],
  ignoreBinaries: ['pgrep', 'unshare', 'pdflatex'],
  ignoreExportsUsedInFile: true,
  exclude: ['types'],
}

export default config
