/** Where things lie on this machine, the same for every door; environment variables name other places. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { weightNames, type WeightName } from '../shared/deviceNames.ts'
import { Fault } from '../shared/fault.ts'

/** The folder that holds package.json, seen from the sources as well as from the build. */
export function rootFolder(): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}

/** Folder for indexes, caches and runs: REFRAG_HOME, else the place that the system keeps for programs. */
export function homeFolder(): string {
  const named = process.env['REFRAG_HOME']
  if (named !== undefined && named !== '') return named
  const name = 'refrag-workbench'
  if (process.platform === 'win32') return join(process.env['LOCALAPPDATA'] ?? homedir(), name)
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', name)
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), name)
}

/** Folder of the bundles: REFRAG_MODELS, else the one that ships with the program. */
export function modelsFolder(): string {
  return process.env['REFRAG_MODELS'] ?? join(rootFolder(), 'models')
}

/** The weights that a word names; none where it is left out. Throws Fault bad-input. */
export function weightsNamed(word: string | undefined): WeightName | undefined {
  if (word === undefined || word === '') return undefined
  const name = weightNames.find((each) => each === word)
  if (name !== undefined) return name
  throw new Fault('bad-input', `There are no weights "${word}".`, { remedy: `Name one of ${weightNames.join(', ')}.` })
}
