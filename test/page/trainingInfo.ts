/** A training as the engine lists it. */
import { TrainInput, type TrainingInfo } from '../../src/shared/train.ts'

export function infoOf(more: Partial<TrainingInfo>): TrainingInfo {
  return {
    id: 'a',
    input: TrainInput.parse({ trainer: 'mixed', data: ['/texts/notes.txt'], out: 'a', ks: [8] }),
    bundle: 'tiny',
    data: '2 documents',
    report: null,
    began: '2026-11-03T14:00:00.000Z',
    step: 40,
    state: 'stopped',
    fault: null,
    bundles: [],
    ...more,
  }
}
