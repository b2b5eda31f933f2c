/** Before journeys: what they open is built from the sources as they are now. */
import { build } from '../../scripts/build.ts'

export async function setup(): Promise<void> {
  if (!(await build())) throw new Error('the build failed; its output is above')
}
