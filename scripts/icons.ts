/** Draws resources/icon.svg at every size and packs icons/, icon.ico and icon.icns of it: `node scripts/icons.ts`, after a change. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { findBrowser } from './browser.ts'
import { root } from './checks.ts'

const sizes = [16, 32, 48, 64, 128, 256, 512, 1024] as const
type Size = (typeof sizes)[number]

/** What each kind of picture in an icns file is called; all hold PNG. */
const icnsTypes: Readonly<Partial<Record<Size, readonly string[]>>> = {
  32: ['ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
}
const icoSizes: readonly Size[] = [16, 32, 48, 256]
const linuxSizes: readonly Size[] = [16, 32, 48, 64, 128, 256, 512]

const resource = (name: string): string => join(root, 'resources', name)
const drawn = await drawAll()
mkdirSync(resource('icons'), { recursive: true })
for (const size of linuxSizes) writeFileSync(resource(`icons/${size}x${size}.png`), drawn[size])
writeFileSync(resource('icon.ico'), ico())
writeFileSync(resource('icon.icns'), icns())

async function drawAll(): Promise<Readonly<Record<Size, Buffer>>> {
  const browser = await findBrowser()
  if (browser === null) throw new Error('No Chrome, Edge or Chromium to draw the icon with.')
  const started = await chromium.launch({ executablePath: browser.path, args: [...browser.args] })
  const svg = readFileSync(resource('icon.svg'), 'utf8')
  const pictures: Partial<Record<Size, Buffer>> = {}
  for (const size of sizes) {
    const page = await started.newPage({ viewport: { width: size, height: size } })
    await page.setContent(`<style>body { margin: 0 } svg { display: block; width: ${size}px }</style>${svg}`)
    pictures[size] = await page.screenshot({ omitBackground: true })
    await page.close()
  }
  await started.close()
  return pictures as Record<Size, Buffer>
}

/** A header, an entry of 16 bytes a picture, then the pictures. */
function ico(): Buffer {
  const header = Buffer.from([0, 0, 1, 0, icoSizes.length, 0])
  let offset = header.length + 16 * icoSizes.length
  const entries = icoSizes.map((size) => {
    const entry = Buffer.alloc(16)
    // 256 is written as 0.
    entry.writeUInt8(size % 256, 0)
    entry.writeUInt8(size % 256, 1)
    entry.writeUInt16LE(1, 4)
    entry.writeUInt16LE(32, 6)
    entry.writeUInt32LE(drawn[size].length, 8)
    entry.writeUInt32LE(offset, 12)
    offset += drawn[size].length
    return entry
  })
  return Buffer.concat([header, ...entries, ...icoSizes.map((size) => drawn[size])])
}

/** Blocks of a four-letter type, their length, and a PNG. */
function icns(): Buffer {
  const blocks = sizes.flatMap((size) => (icnsTypes[size] ?? []).map((type) => block(type, drawn[size])))
  return block('icns', Buffer.concat(blocks))
}

function block(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.write(type, 'latin1')
  head.writeUInt32BE(data.length + 8, 4)
  return Buffer.concat([head, data])
}
