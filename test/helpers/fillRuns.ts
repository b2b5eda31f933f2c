/** Fills a home with kept runs that differ, from a seed: for the runs table at its full length. */
import { join } from 'node:path'
import { openDatabase, transact } from '../../src/main/engine/store/database.ts'
import { openRuns } from '../../src/main/engine/store/runs.ts'
import { policyNames } from '../../src/shared/plan.ts'
import { makeRandom } from '../../src/shared/random.ts'
import { run as sample } from '../page/sample.ts'
