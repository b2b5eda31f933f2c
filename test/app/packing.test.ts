/** The desktop packed for each system around a folder in Electron's shape: what ships, what does not, and that its engine runs. */
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { binOf, root } from '../../scripts/checks.ts'
import { formats } from '../../src/main/engine/corpus/formats.ts'
import { isRelayMessage, relayPort, type RelayMessage } from '../../src/main/relay.ts'
import type { Contract } from '../../src/shared/contract.ts'
import { asarTools, fuseTools, makeElectronDist, readProgram, type System } from '../helpers/electronDist.ts'

type Packed = {
  readonly system: System
  readonly arch: string
  /** The system's name in onnxruntime-node. */
  readonly runtime: string
  /** The app, and the folder of its resources, from the folder that was packed into. */
  readonly app: string
  readonly resources: string
  readonly program: string
}

const all: readonly Packed[] = [
  {
    system: 'linux',
    arch: 'x64',
    runtime: 'linux',
    app: 'linux-unpacked',
    resources: 'linux-unpacked/resources',
    program: 'linux-unpacked/refrag-workbench',
  },
  {
    system: 'win',
    arch: 'x64',
    runtime: 'win32',
    app: 'win-unpacked',
    resources: 'win-unpacked/resources',
    program: 'win-unpacked/REFRAG Workbench.exe',
  },
  {
    system: 'mac',
    arch: 'arm64',
    runtime: 'darwin',
    app: 'mac-arm64/REFRAG Workbench.app',
    resources: 'mac-arm64/REFRAG Workbench.app/Contents/Resources',
    program: 'mac-arm64/REFRAG Workbench.app',
  },
]
type Locked = { readonly dev?: boolean; readonly devOptional?: boolean; readonly optional?: boolean }
const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  readFileSync(join(root, 'package-lock.json'), 'utf8'),
)
/** What the program needs when it runs, by the lock: not what builds and tests it, nor the Node that comes for that. */
const needed = new Set(
  Object.entries(lock.packages).flatMap(([path, { dev, devOptional, optional }]) =>
    path === '' || dev === true || devOptional === true || optional === true ? [] : [packageOf(path)],
  ),
)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refrag-packed-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The package whose folder a path ends in. */
function packageOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

/** The package that a file `package.json` is the manifest of; none for those that packages keep in folders of their own. */
function nested(file: string): string[] {
  const folderOf = file.slice(0, -'/package.json'.length)
  const name = packageOf(folderOf)
  return folderOf.includes('node_modules/') && /^(@[^/]+\/)?[^/]+$/.test(name) ? [name] : []
}

/** Packs for one system with the committed configuration; what it prints where it fails. */
function pack({ system, arch }: Packed): string {
  const dist = makeElectronDist(system, join(folder, `electron-${system}`))
  const own = [`-c.electronDist=${dist}`, `-c.directories.output=${folder}`]
  const done = spawnSync(process.execPath, [binOf('electron-builder'), `--${system}`, 'dir', `--${arch}`, ...own], {
    cwd: root,
    encoding: 'utf8',
    // Nothing is signed here, and nothing may be fetched: an address that nobody answers would show it.
    env: {
      ...process.env,
      CSC_IDENTITY_AUTO_DISCOVERY: 'false',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
    },
  })
  return done.status === 0 ? '' : `${done.stdout}${done.stderr}`
}

// electron-builder packs no macOS app on Windows.
for (const packed of all.filter(({ system }) => system !== 'mac' || process.platform !== 'win32')) {
  describe(`packed for ${packed.system}`, () => {
    const at = (...path: readonly string[]): string => join(folder, ...path)
    const archive = (): string => at(packed.resources, 'app.asar')
    const unpacked = (pattern: string): string[] =>
      globSync(pattern, { cwd: at(packed.resources, 'app.asar.unpacked') }).map((file) => file.replaceAll('\\', '/'))

    let listed: readonly string[]
    beforeAll(() => {
      expect(pack(packed)).toBe('')
      listed = asarTools.listPackage(archive(), { isPack: false }).map((file) => file.replaceAll('\\', '/').slice(1))
    })

    test('the archive holds what was built and the packages it needs, nothing of the sources', () => {
      const tops = new Set(listed.map((file) => file.split('/')[0]))
      expect(tops).toEqual(new Set(['node_modules', 'out', 'package.json']))
      expect(listed).toEqual(
        expect.arrayContaining([
          'out/main/index.js',
          'out/main/host.js',
          'out/preload/preload.cjs',
          'out/renderer/index.html',
        ]),
      )
      expect(
        listed.filter(
          (file) => /(^|\/)(\.stamp|.*\.test\.tsx?|tsconfig\.json)$/.test(file) && !file.startsWith('node_modules/'),
        ),
      ).toEqual([])
    })

    test('the packages that ship are those that the program needs, each of them and no other', () => {
      const shipped = new Set(listed.filter((file) => file.endsWith('/package.json')).flatMap((file) => nested(file)))
      expect(shipped).toEqual(needed)
    })

    test("of ONNX Runtime the system's own binaries ship alone, outside the archive", () => {
      const binaries = unpacked('node_modules/onnxruntime-node/bin/napi-v6/*/*/*')
      expect(binaries.map((file) => file.split('/').slice(4, 6).join('/'))).toEqual(
        binaries.map(() => `${packed.runtime}/${packed.arch}`),
      )
      expect(binaries.some((file) => file.endsWith('onnxruntime_binding.node'))).toBe(true)
      expect(binaries.some((file) => /\.(dll|dylib)$|\.so(\.\d+)*$/.test(file))).toBe(true)
    })

    test('what the engine loads lies outside the archive; the main process, the preload and the page within', () => {
      expect(unpacked('node_modules/hnswlib-node/build/Release/*.node')).toEqual([
        'node_modules/hnswlib-node/build/Release/addon.node',
      ])
      const isUnpacked = (file: string): boolean => asarTools.statFile(archive(), file).unpacked === true
      const chunks = listed.filter((file) => /^out\/main\/chunks\/.+/.test(file))
      expect(['out/main/host.js', ...chunks].filter((file) => !isUnpacked(file))).toEqual([])
      expect(['out/main/index.js', 'out/preload/preload.cjs', 'out/renderer/index.html'].filter(isUnpacked)).toEqual([])
    })

    test('the bundle ships whole', async () => {
      const shipped = globSync('**/*.*', { cwd: join(root, 'models') })
      expect(shipped.length).toBeGreaterThan(3)
      for (const file of shipped) {
        const [here, there] = await Promise.all([
          readFile(join(root, 'models', file)),
          readFile(at(packed.resources, 'models', file)),
        ])
        expect([file, here.equals(there)]).toEqual([file, true])
      }
    })

    test('19: the fuses are set as a release needs them', async () => {
      const set = await fuseTools.getCurrentFuseWire(at(packed.program))
      const states = Array.from({ length: 8 }, (_, fuse) => String.fromCharCode(set[fuse] ?? 0)).join('')
      // RunAsNode, cookies, NODE_OPTIONS, --inspect, asar integrity, asar alone, own snapshot, file: privileges.
      expect(states).toBe('01001100')
    })
  })
}

describe('what the system is told', () => {
  test.skipIf(process.platform === 'win32')(
    'macOS: the link, the session, documents as a second choice, the integrity',
    async () => {
      const list = await readFile(join(folder, 'mac-arm64/REFRAG Workbench.app/Contents/Info.plist'), 'utf8')
      const flat = list.replaceAll(/\s+/g, '')
      expect(flat).toContain('<key>CFBundleURLSchemes</key><array><string>refrag</string></array>')
      expect(flat).toContain('<key>CFBundleTypeExtensions</key><array><string>refrag</string></array>')
      // Every ending that the engine reads, and no other.
      const endings = Object.values(formats).flatMap(({ extensions }) => extensions.map((each) => each.slice(1)))
      const listed = /<array><string>txt<\/string>.*?<\/array>/.exec(flat)?.[0] ?? ''
      expect(new Set([...listed.matchAll(/<string>(.*?)<\/string>/g)].map(([, ending]) => ending))).toEqual(
        new Set(endings.filter((ending) => ending !== '')),
      )
      expect(flat).toMatch(/<string>parquet<\/string><\/array>.*<key>LSHandlerRank<\/key><string>Alternate<\/string>/)
      expect(flat).toMatch(/<key>ElectronAsarIntegrity<\/key><dict><key>Resources\/app\.asar<\/key>/)
      expect(flat).toContain('<key>CFBundleIconFile</key><string>icon.icns</string>')
    },
  )

  test('Windows: the name and the integrity of the archive stand in the program', async () => {
    const { words, integrity } = readProgram(await readFile(join(folder, 'win-unpacked/REFRAG Workbench.exe')))
    expect(words['ProductName']).toBe('REFRAG Workbench')
    expect(JSON.parse(integrity)).toMatchObject([{ file: 'resources\\app.asar', alg: 'SHA256' }])
  })
})

test.skipIf(process.platform !== 'linux')(
  'the packed engine runs on a plain Node, and answers a question',
  { timeout: 120_000 },
  async () => {
    const resources = join(folder, 'linux-unpacked/resources')
    const host = fork(join(resources, 'app.asar.unpacked/out/main/host.js'), [], {
      serialization: 'advanced',
      env: { ...process.env, REFRAG_HOME: join(folder, 'home'), REFRAG_MODELS: join(resources, 'models') },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    try {
      const [ready] = await once(host, 'message')
      expect(ready).toEqual({ type: 'ready' })
      const port = relayPort(1, (message: RelayMessage) => void host.send(message))
      host.on('message', (message) => {
        if (isRelayMessage(message) && 'client' in message) port.deliver(message)
      })
      host.send({ type: 'open', client: 1 })
      const engine = createORPCClient<ContractRouterClient<Contract>>(new RPCLink({ port }))
      expect((await engine.health()).bundle.name).toBe('refrag-mini')
      let index = ''
      let question = ''
      for await (const event of await engine.demo()) {
        if (event.type !== 'done') continue
        index = event.result.index.path
        question = event.result.questions[0]?.question ?? ''
      }
      const tokens: string[] = []
      for await (const event of await engine.ask({ index, question })) {
        if (event.type === 'done') tokens.push(...event.run.tokens.map(({ text }) => text))
      }
      expect(tokens.length).toBeGreaterThan(0)
    } finally {
      host.kill('SIGTERM')
      await once(host, 'exit')
    }
  },
)
