/** Calls that ask a question and ask on: runs, what-if, comparisons, reports, sessions. */
import { answer, stageProgress } from '../asking.ts'
import { makeReport } from '../reporting.ts'
import { chunkNeighbours, chunkTokens } from '../runChunks.ts'
import { findBest, findContribution, flipChunks, sampleShapley } from '../whatIf.ts'
import type { Calls, Rooms } from './rooms.ts'

/** Questions, and what is asked of their runs. Each call is tied to the room that answers it. */
export function askingCalls(os: Calls, at: Rooms) {
  const { print, jobs } = at
  return {
    ask: os.ask.handler(({ input, signal }) =>
      jobs.stream({ kind: 'answer', title: input.question }, signal, (own) => answer(input, at, own), stageProgress),
    ),
    whatIf: {
      flips: os.whatIf.flips.handler(({ input, signal }) =>
        jobs.stream({ kind: 'what-if', title: 'What if chunks were flipped' }, signal, (own) =>
          flipChunks(input, at, own),
        ),
      ),
      best: os.whatIf.best.handler(({ input, signal }) =>
        jobs.stream({ kind: 'what-if', title: 'Best set of flips' }, signal, (own) => findBest(input, at, own)),
      ),
      shapley: os.whatIf.shapley.handler(({ input, signal }) =>
        jobs.stream({ kind: 'what-if', title: 'Shapley values' }, signal, (own) => sampleShapley(input, at, own)),
      ),
      contribution: os.whatIf.contribution.handler(({ input, signal }) =>
        jobs.stream({ kind: 'what-if', title: 'Contribution of the chunks' }, signal, (own) =>
          findContribution(input, at, own),
        ),
      ),
    },
    runs: {
      list: os.runs.list.handler(({ input }) => at.runs.list(input.limit)),
      open: os.runs.open.handler(({ input }) => at.runs.open(input.id)),
      mark: os.runs.mark.handler(({ input }) => at.runs.mark(input.ids, input.marks)),
      remove: os.runs.remove.handler(({ input }) => at.runs.remove(input.ids)),
      restore: os.runs.restore.handler(({ input }) => at.runs.restore(input.ids)),
      tokens: os.runs.tokens.handler(({ input }) => chunkTokens(input, at)),
      neighbours: os.runs.neighbours.handler(({ input, signal }) => chunkNeighbours(input, at, signal)),
    },
    report: os.report.handler(({ input, signal }) =>
      jobs.call({ kind: 'report', title: `Report ${input.title}` }, signal, () => makeReport(input, at, print)),
    ),
    compare: {
      make: os.compare.make.handler(({ input }) => at.comparisons.make(input.runs)),
      list: os.compare.list.handler(() => at.comparisons.list()),
      open: os.compare.open.handler(({ input }) => at.comparisons.open(input.id)),
      change: os.compare.change.handler(({ input }) => at.comparisons.change(input)),
      score: os.compare.score.handler(({ input, signal }) =>
        jobs.stream({ kind: 'comparison', title: 'Scores of a comparison' }, signal, (own) =>
          at.comparisons.score(input.id, own),
        ),
      ),
      time: os.compare.time.handler(({ input, signal }) =>
        jobs.stream({ kind: 'comparison', title: 'Timing of a comparison' }, signal, (own) =>
          at.comparisons.time(input, own),
        ),
      ),
      blind: os.compare.blind.handler(({ input }) => at.comparisons.blind(input.id, input.seed)),
      vote: os.compare.vote.handler(({ input }) => at.comparisons.vote(input.id, input.at, input.vote)),
      unblind: os.compare.unblind.handler(({ input }) => at.comparisons.unblind(input.id)),
      report: os.compare.report.handler(({ input }) => at.comparisons.report(input)),
      remove: os.compare.remove.handler(({ input }) => at.comparisons.remove(input.id)),
    },
    session: {
      list: os.session.list.handler(() => at.sessions.list()),
      make: os.session.make.handler(({ input }) => at.sessions.make(input.name, input.body)),
      open: os.session.open.handler(({ input }) => at.sessions.open(input.id)),
      save: os.session.save.handler(({ input }) => at.sessions.save(input)),
      change: os.session.change.handler(({ input }) => at.sessions.change(input)),
      remove: os.session.remove.handler(({ input }) => at.sessions.remove(input.ids)),
      restore: os.session.restore.handler(({ input }) => at.sessions.restore(input.ids)),
      follow: os.session.follow.handler(({ input, signal }) => at.sessions.follow(input, signal)),
      hold: os.session.hold.handler(({ input }) => at.sessions.hold(input)),
      missing: os.session.missing.handler(({ input }) => at.sessions.missing(input.id)),
      export: os.session.export.handler(({ input }) => at.sessions.pack(input.id, input.corpus)),
      import: os.session.import.handler(({ input }) => at.sessions.take(input.path)),
    },
  }
}
