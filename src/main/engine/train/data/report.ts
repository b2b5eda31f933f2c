/** What the data of a run holds, in figures, and whether what is held out can be met in training. */
import type { DataReport } from '../../../../shared/train.ts'
import type { Questions } from './asked.ts'
import type { Documents } from './documents.ts'
import { findLeaks, type Named } from './leak.ts'

type Report = Omit<DataReport, 'about'>

const sideOf = (texts: readonly Named[]) => ({
  items: texts.length,
  characters: texts.reduce((sum, { text }) => sum + text.length, 0),
})

/** The report on documents: each is looked for whole. */
export function reportDocuments({ sides, repeated }: Documents): Report {
  return {
    unit: 'document',
    sides: { train: sideOf(sides.train), valid: sideOf(sides.valid) },
    repeated,
    leak: findLeaks(sides.train, sides.valid),
  }
}

/**
 * The report on questions. What is held out is a question's first passage, the one it is about; it leaks where training
 * reads it, be it about another question or beside one. Characters are those of all passages and questions.
 */
export function reportQuestions({ sides, repeated }: Questions): Report {
  const whole = ({ name, question, passages }: Questions['sides']['train'][number]): Named => ({
    name,
    text: [...passages, question].join('\n'),
  })
  const read = sides.train.flatMap(({ name, passages }) => passages.map((text) => ({ name, text })))
  const held = sides.valid.map(({ name, passages }) => ({ name, text: passages[0] as string }))
  return {
    unit: 'question',
    sides: { train: sideOf(sides.train.map(whole)), valid: sideOf(sides.valid.map(whole)) },
    repeated,
    leak: findLeaks(read, held),
  }
}
