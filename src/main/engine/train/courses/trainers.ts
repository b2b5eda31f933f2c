/** Every trainer: what it reads, which weights it moves, and the course it runs. */
import type { Part, TrainerName } from '../../../../shared/train.ts'
import { openCourse, type CourseOptions } from './course.ts'
import { openEmbedderCourse } from './embedderCourse.ts'
import { kinds, type Kind } from './kinds.ts'
import type { Course } from '../loop/loop.ts'
import type { Reads } from '../data/source.ts'
import { openPolicyCourse } from './policyCourse.ts'

export type Trainer = {
  /** What of a synthetic source, or of files, it draws. */
  readonly reads: Reads
  /** Parts that it may begin anew: those that its losses pass through. */
  readonly begins: readonly Part[]
  readonly trains: (name: string) => boolean
  readonly open: (options: CourseOptions) => Course | Promise<Course>
}

const mixed = (kind: Kind): Trainer => ({
  reads: kind.reads,
  begins: ['encoder', 'projector', 'decoder'],
  trains: kind.trains,
  open: (options) => openCourse(options, kind),
})

export const trainers: Readonly<Record<TrainerName, Trainer>> = {
  reconstruct: mixed(kinds.reconstruct),
  continue: mixed(kinds.continue),
  mixed: mixed(kinds.mixed),
  lm: mixed(kinds.lm),
  tune: mixed(kinds.tune),
  policy: { reads: 'either', begins: [], trains: (name) => name.startsWith('policy'), open: openPolicyCourse },
  embedder: { reads: 'pairs', begins: [], trains: (name) => name.startsWith('embedder.'), open: openEmbedderCourse },
}
