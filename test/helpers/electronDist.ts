/**
 * A folder in the shape of Electron's own, with what electron-builder reads and rewrites of it and nothing that runs: the wire of
 * fuses, the resources of a Windows program, the property lists of a macOS one.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { root } from '../../scripts/checks.ts'

export type System = 'linux' | 'win' | 'mac'

/** Packages that come with electron-builder and are not ours by name. */
const builder = createRequire(join(root, 'node_modules/app-builder-lib/package.json'))

type FuseTools = { readonly getCurrentFuseWire: (path: string) => Promise<Readonly<Record<string, number>>> }
type AsarTools = {
  readonly listPackage: (archive: string, options: object) => string[]
  readonly statFile: (archive: string, file: string) => { readonly unpacked?: boolean }
}
type ResEdit = {
  readonly NtExecutable: {
    readonly createEmpty: (is32Bit: boolean, isDLL: boolean) => Executable
    readonly from: (bytes: Buffer) => Executable
  }
  readonly NtExecutableResource: { readonly from: (executable: Executable) => Resources }
  readonly Resource: {
    readonly VersionInfo: {
      readonly createEmpty: () => VersionInfo
      readonly fromEntries: (entries: readonly Entry[]) => VersionInfo[]
    }
  }
}
type Executable = { readonly generate: () => ArrayBuffer; readonly setExtraData: (data: Buffer) => void }
type Entry = { readonly type: string | number; readonly id: string | number; readonly bin: ArrayBuffer }
type Resources = { readonly entries: Entry[]; readonly outputResource: (executable: Executable) => void }
type VersionInfo = {
  readonly setStringValues: (lang: object, values: Readonly<Record<string, string>>) => void
  readonly getStringValues: (lang: object) => Readonly<Record<string, string>>
  readonly getAllLanguagesForStringValues: () => object[]
  readonly outputToResourceEntries: (entries: Entry[]) => void
}

export const fuseTools: FuseTools = builder('@electron/fuses')
export const asarTools: AsarTools = builder('@electron/asar')
const resEdit: ResEdit = builder('resedit')

/** The mark before the wire, its version, its length, and eight fuses that are all on. */
const wire = Buffer.concat([
  Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
  Buffer.from([1, 8]),
  Buffer.from('1'.repeat(8)),
])

/** Makes the folder of one system under `folder`, and gives it. */
export function makeElectronDist(system: System, folder: string): string {
  const write = (file: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), content)
  }
  write('LICENSE', 'of Electron')
  if (system === 'mac') {
    const contents = 'Electron.app/Contents'
    write(`${contents}/Info.plist`, propertyList('Electron'))
    write(`${contents}/MacOS/Electron`, 'runs nothing')
    write(`${contents}/Resources/electron.icns`, '')
    write(`${contents}/Frameworks/Electron Framework.framework/Electron Framework`, wire)
    write(`${contents}/Frameworks/Electron Helper.app/Contents/Info.plist`, propertyList('Electron Helper'))
    write(`${contents}/Frameworks/Electron Helper.app/Contents/MacOS/Electron Helper`, 'runs nothing')
    return folder
  }
  write('locales/en-US.pak', '')
  write('resources/.keep', '')
  if (system === 'linux') write('electron', Buffer.concat([Buffer.from('runs nothing '), wire]))
  else write('electron.exe', program())
  return folder
}

/** A Windows program without code: its version in one language, and the wire behind it. */
function program(): Buffer {
  const executable = resEdit.NtExecutable.createEmpty(false, false)
  const resources = resEdit.NtExecutableResource.from(executable)
  const version = resEdit.Resource.VersionInfo.createEmpty()
  version.setStringValues({ lang: 1033, codepage: 1200 }, { ProductName: 'Electron', FileVersion: '0.0.0.0' })
  version.outputToResourceEntries(resources.entries)
  resources.outputResource(executable)
  executable.setExtraData(wire)
  return Buffer.from(executable.generate())
}

/** What a packed Windows program says of itself: its version's words, and the integrity of its archive. */
export function readProgram(bytes: Buffer): {
  readonly words: Readonly<Record<string, string>>
  readonly integrity: string
} {
  const { entries } = resEdit.NtExecutableResource.from(resEdit.NtExecutable.from(bytes))
  const [version] = resEdit.Resource.VersionInfo.fromEntries(entries)
  const lang = version?.getAllLanguagesForStringValues()[0] ?? {}
  const integrity = entries.find(({ type, id }) => type === 'INTEGRITY' && id === 'ELECTRONASAR')
  return {
    words: version?.getStringValues(lang) ?? {},
    integrity: integrity === undefined ? '' : Buffer.from(integrity.bin).toString(),
  }
}

function propertyList(name: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>CFBundleExecutable</key><string>${name}</string>
<key>CFBundleName</key><string>${name}</string>
<key>CFBundleIdentifier</key><string>com.github.Electron</string>
<key>CFBundleIconFile</key><string>electron.icns</string>
</dict></plist>
`
}
