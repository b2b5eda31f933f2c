/** Every trainer: what it reads, which weights it moves, and the course it runs. */
import type { Part, TrainerName, TrainInput } from '../../../../shared/train.ts'
import { basisHash, type Bundle, type BundlePart } from '../../store/bundle.ts'
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
  /** Parts that its course passes through: of other weights of these it would be another training. */
  readonly passes: (input: Pick<TrainInput, 'query'>) => readonly BundlePart[]
  readonly trains: (name: string) => boolean
  readonly open: (options: CourseOptions) => Course | Promise<Course>
}

const mixed = (kind: Kind): Trainer => ({
  reads: kind.reads,
  begins: ['encoder', 'projector', 'decoder'],
  passes: () => ['encoder', 'projector', 'decoder'],
  trains: kind.trains,
  open: (options) => openCourse(options, kind),
})

export const trainers: Readonly<Record<TrainerName, Trainer>> = {
  reconstruct: mixed(kinds.reconstruct),
  continue: mixed(kinds.continue),
  mixed: mixed(kinds.mixed),
  lm: mixed(kinds.lm),
  tune: mixed(kinds.tune),
  policy: {
    reads: 'either',
    begins: [],
    passes: ({ query }) => ['encoder', 'projector', 'decoder', query ? 'policyQuery' : 'policy'],
    trains: (name) => name.startsWith('policy'),
    open: openPolicyCourse,
  },
  embedder: {
    reads: 'pairs',
    begins: [],
    passes: () => ['embedder'],
    trains: (name) => name.startsWith('embedder.'),
    open: openEmbedderCourse,
  },
}

/** Hash of all that a run of `input` begins from: a run of the same settings on another bundle of this hash tells the same. */
export function basisOf(input: Pick<TrainInput, 'trainer' | 'query' | 'corpus'>, bundle: Bundle): string {
  const parts = trainers[input.trainer].passes(input)
  // Passages are retrieved by the embedder.
  return basisHash(bundle, input.corpus === undefined ? parts : [...new Set([...parts, 'embedder' as const])])
}
