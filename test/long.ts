/**
 * Test files that take more than some eight seconds on two cores: journeys over every screen and look, kills, whole trainings. `npm test`
 * leaves them out, so that it stays something one runs by hand; `npm run test:long` runs them, and CI runs both.
 */
export const long: readonly string[] = [
  'test/app/accessible.test.ts',
  'test/app/comparing.test.ts',
  'test/app/corpus.test.ts',
  'test/app/desktop.test.ts',
  'test/app/documents.test.ts',
  'test/app/frame.test.ts',
  'test/app/packing.test.ts',
  'test/app/runs.test.ts',
  'test/app/sessions.test.ts',
  'test/app/strip.test.ts',
  'test/app/sweeping.test.ts',
  'test/app/training.test.ts',
  'test/app/whatIf.test.ts',
  'test/native/ablation.test.ts',
  'test/native/bench.test.ts',
  'test/native/killed.test.ts',
  'test/native/overfit.test.ts',
  'test/native/sweepKilled.test.ts',
  'test/native/terminal.test.ts',
]
