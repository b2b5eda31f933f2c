/** Every trainer: what it reads, which weights it moves, and the course it runs. */
import type { TrainerName } from '../../../../shared/train.ts'
import { openCourse, type CourseOptions } from './course.ts'
import { openEmbedderCourse } from './embedderCourse.ts'
import { kinds, type Kind } from './kinds.ts'
import type { Course } from '../loop/loop.ts'
import type { Reads } from '../data/source.ts'
import { openPolicyCourse } from './policyCourse.ts'

export type Trainer = {
  readonly reads: Reads
  readonly trains: (name: string) => boolean
  readonly open: (options: CourseOptions) => Course | Promise<Course>
}

const mixed = (kind: Kind): Trainer => ({
  reads: kind.reads,
  trains: kind.trains,
  open: (options) => openCourse(options, kind),
})

export const trainers: Readonly<Record<TrainerName, Trainer>> = {
  reconstruct: mixed(kinds.reconstruct),
  continue: mixed(kinds.continue),
  mixed: mixed(kinds.mixed),
  lm: mixed(kinds.lm),
  tune: mixed(kinds.tune),
  policy: { reads: 'either', trains: (name) => name.startsWith('policy'), open: openPolicyCourse },
  embedder: { reads: 'pairs', trains: (name) => name.startsWith('embedder.'), open: openEmbedderCourse },
}
