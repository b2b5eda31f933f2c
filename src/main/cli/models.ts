/** The commands on models, a file each. */
import type { Command } from './command.ts'
import { adaptModel } from './models/adapt.ts'
import { askModel } from './models/ask.ts'
import { benchModel } from './models/bench.ts'
import { checkModel } from './models/check.ts'
import { downloadModel } from './models/download.ts'
import { importModel } from './models/import.ts'
import { lightenCommand } from './models/lighten.ts'
import { listModels } from './models/list.ts'
import { pairCommand, writeCommand } from './models/pair.ts'
import { quantiseCommand } from './models/quantise.ts'
import { removeModel } from './models/remove.ts'
import { searchModels } from './models/search.ts'
import { verifyModel } from './models/verify.ts'

export const modelCommands: readonly Command[] = [
  searchModels,
  downloadModel,
  checkModel,
  importModel,
  adaptModel,
  listModels,
  verifyModel,
  benchModel,
  removeModel,
  askModel,
  pairCommand,
  writeCommand,
  quantiseCommand,
  lightenCommand,
]
