/** Bundles made of trainings: the one being made, and what kept it from being made. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { TrainingInfo } from '../../shared/train.ts'
import { link } from '../link.ts'
import { noteFault } from './engine.ts'
import { listAgain } from './train.ts'
import { say } from './view.ts'

export type RegisterState = {
  /** The training that a bundle is made of, or that it was last tried of. */
  readonly id: string | null
  readonly phase: 'idle' | 'making'
  readonly fault: FaultData | null
}

export const register = createStore<RegisterState>()(() => ({ id: null, phase: 'idle', fault: null }))

/** Makes a bundle of a training's last checkpoint. */
export async function makeBundle(id: string, name: string): Promise<void> {
  if (register.getState().phase === 'making' || name.trim() === '') return
  register.setState({ id, phase: 'making', fault: null })
  try {
    const made = await link().train.register({ id, name })
    say(`The bundle ${made.name} is made of step ${made.step}.`)
    await listAgain()
    register.setState({ phase: 'idle' })
  } catch (error) {
    register.setState({ phase: 'idle', fault: noteFault(`make a bundle of ${id}`, error) })
  }
}

/** A name that no bundle of these trainings has: that of the bundle it began from and of its trainer, numbered on. */
export function nameFor({ bundle, input }: TrainingInfo, list: readonly TrainingInfo[]): string {
  const taken = new Set(list.flatMap(({ bundles }) => bundles.map(({ name }) => name)))
  const plain = `${bundle} ${input.trainer}`
  let [name, number] = [plain, 1]
  while (taken.has(name)) name = `${plain} ${++number}`
  return name
}
