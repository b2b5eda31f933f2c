/** Calls that train. */
import { trainFrom, trainParts } from '../training.ts'
import type { Calls, Rooms } from './rooms.ts'

/** Trainings. Each call is tied to the room that answers it. */
export function trainingCalls(os: Calls, at: Rooms) {
  const { loader, jobs } = at
  return {
    train: {
      run: os.train.run.handler(({ input, signal }) =>
        jobs.stream({ kind: 'training', title: `Training ${input.trainer}` }, signal, (own) =>
          trainParts(input, loader, own),
        ),
      ),
      dry: os.train.dry.handler(({ input, signal }) =>
        jobs.stream({ kind: 'dry run', title: `Dry run of ${input.trainer}` }, signal, (own) =>
          at.trainings.dry(input, own),
        ),
      ),
      begin: os.train.begin.handler(({ input }) => at.trainings.begin(input)),
      list: os.train.list.handler(() => at.trainings.list()),
      follow: os.train.follow.handler(({ input, signal }) => at.trainings.follow(input.id, signal)),
      stop: os.train.stop.handler(({ input }) => at.trainings.stop(input.id)),
      checkpoint: os.train.checkpoint.handler(({ input }) => at.trainings.checkpoint(input.id)),
      discard: os.train.discard.handler(({ input }) => at.trainings.discard(input.id)),
      register: os.train.register.handler(({ input }) => at.trainings.register(input)),
      bundle: os.train.bundle.handler(({ input, signal }) =>
        jobs.stream({ kind: 'training', title: 'Training a bundle' }, signal, (own) => trainFrom(input, own)),
      ),
    },
  }
}
