/** What the model commands tell of an adapter. */
import type { ModelAdapter } from '../../../shared/models.ts'
import type { Flag } from '../arguments.ts'
import type { Scene } from '../command.ts'

/** Of an adapter on the Hub; that of a model which is imported from there stands beside it. */
export const adapterRevisionFlag: Flag = {
  type: 'string',
  value: 'R',
  about: 'branch, tag or commit of an adapter on the Hub (main)',
}

/** Prints an adapter's facts and its notes. */
export function tellAdapter(scene: Scene, adapter: ModelAdapter): void {
  const { rank, alpha, matrices, replaced, base, source, notes } = adapter
  const whole = replaced === 0 ? '' : `, ${replaced} tensors replaced`
  scene.print(
    `with an adapter of rank ${rank} and alpha ${alpha} on ${matrices} matrices${whole}; its base: ${base ?? 'not named'}`,
  )
  if (source !== undefined) scene.print(`the adapter came from ${source.id} at ${source.revision}`)
  for (const note of notes) scene.print(note)
}
