/** What the model commands tell of an adapter. */
import type { ModelAdapter } from '../../../shared/models.ts'
import type { Scene } from '../command.ts'

/** Prints an adapter's facts and its notes. */
export function tellAdapter(scene: Scene, { rank, alpha, matrices, replaced, base, notes }: ModelAdapter): void {
  const whole = replaced === 0 ? '' : `, ${replaced} tensors replaced`
  scene.print(
    `with an adapter of rank ${rank} and alpha ${alpha} on ${matrices} matrices${whole}; its base: ${base ?? 'not named'}`,
  )
  for (const note of notes) scene.print(note)
}
