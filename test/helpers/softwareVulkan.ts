/** A Vulkan driver that runs on any CPU: SwiftShader, as Chromium brings it; where it lies, or why there is none. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { realpathSync } from 'node:fs'

const places = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
  process.env['REFRAG_SWIFTSHADER'],
]

/** The environment under which WebGPU finds the driver; a reason where this machine has none. */
export function softwareVulkan(): { readonly env: Readonly<Record<string, string>> } | { readonly reason: string } {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { reason: `SwiftShader is looked for on Linux x64; this is ${process.platform} ${process.arch}` }
  const icd = 'vk_swiftshader_icd.json'
  const folder = places.find((each) => each !== undefined && existsSync(join(each, icd)))
  if (folder === undefined) return { reason: `no ${icd} in ${places.filter(Boolean).join(', ')}` }
  const file = realpathSync(join(folder, icd))
  const libraries = [dirname(file), process.env['LD_LIBRARY_PATH']].filter((each) => each !== undefined && each !== '')
  return { env: { VK_ICD_FILENAMES: file, VK_DRIVER_FILES: file, LD_LIBRARY_PATH: libraries.join(':') } }
}
