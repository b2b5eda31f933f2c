/** What the workbench keeps under its home, and what it takes on disk. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Place } from '../../../shared/places.ts'
import { logFiles } from './log.ts'
import { remotesFile } from './remotes.ts'
import { settingsFile } from './settings.ts'

type Row = Omit<Place, 'path' | 'bytes' | 'clearable'> & { readonly names: readonly string[] }

const rows: readonly Row[] = [
  {
    name: 'Chunk embeddings',
    about: 'cache of c_i and e_i; made anew when missing',
    names: ['embeddings.sqlite', 'embeddings.sqlite-wal', 'embeddings.sqlite-shm'],
  },
  { name: 'Indexes', about: 'passages, vectors and words of your corpora', names: ['indexes', 'demo'] },
  { name: 'Uploads', about: 'documents that a browser sent', names: ['uploads'] },
  {
    name: 'Runs',
    about: 'every run kept, with its marks',
    names: ['runs.sqlite', 'runs.sqlite-wal', 'runs.sqlite-shm'],
  },
  {
    name: 'Sessions',
    about: 'plans with their undo, snapshots, what each holds',
    names: ['sessions.sqlite', 'sessions.sqlite-wal', 'sessions.sqlite-shm', 'sessions'],
  },
  { name: 'Sweeps', about: 'cells of every sweep', names: ['sweeps'] },
  { name: 'Trainings', about: 'checkpoints and events of every training', names: ['trainings'] },
  { name: 'Bundles', about: 'bundles made of trainings', names: ['bundles'] },
  { name: 'Downloads', about: 'what the Hub sent, whole or on its way', names: ['downloads'] },
  { name: 'Imported models', about: 'decoders of others, their weights and tokenizers', names: ['models'] },
  { name: 'Speeds', about: 'benchmarks of bundles; those of models lie with them', names: ['speeds'] },
  { name: 'Log', about: 'what the engine and its doors did and met', names: logFiles },
  { name: 'Servers', about: 'confirmed hosts that decode, without their keys', names: [remotesFile] },
  { name: 'Settings', about: 'what this screen sets', names: [settingsFile] },
]

/** The places of `home`, then the folder of the bundles, which may lie elsewhere. */
export async function measurePlaces(home: string, models: string): Promise<Place[]> {
  const own = rows.map(async ({ name, about, names: [first = '', ...more] }): Promise<Place> => {
    const sizes = await Promise.all([first, ...more].map((each) => bytesOf(join(home, each))))
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    return { name, about, path: join(home, first), bytes, clearable: first === 'embeddings.sqlite' }
  })
  const shipped = { name: 'Models', about: 'the folder that bundles are loaded from', path: models, clearable: false }
  return [...(await Promise.all(own)), { ...shipped, bytes: await bytesOf(models) }]
}

/** Bytes of a file or of all files in a folder; links are not followed, what goes away meanwhile counts nothing. */
export async function bytesOf(path: string): Promise<number> {
  const info = await stat(path).catch(() => null)
  if (info === null) return 0
  if (!info.isDirectory()) return info.size
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries.filter((entry) => !entry.isSymbolicLink()).map((entry) => bytesOf(join(path, entry.name))),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
