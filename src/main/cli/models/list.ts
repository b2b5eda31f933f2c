/** `models list`: what is imported. */
import type { Command } from '../command.ts'
import { bytesText, table } from '../table.ts'

export const listModels: Command = {
  name: 'models list',
  about: 'list the models that are imported',
  flags: {},
  run: async (scene) => {
    const found = await scene.client.models.list()
    scene.print(
      table(
        ['model', 'role', 'architecture', 'parameters', 'window', 'kept as', 'size', 'licence'],
        found.map(({ name, role, architecture, parameters, window, dtype, bytes, licence }) => [
          name,
          role,
          architecture,
          `${(parameters / 1e6).toFixed(1)} M`,
          window,
          dtype,
          bytesText(bytes),
          licence ?? 'not named',
        ]),
      ),
    )
    return found
  },
}
