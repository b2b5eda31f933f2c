/** `models verify`: an imported model checked against its hashes and run once. */
import { Fault } from '../../../shared/fault.ts'
import { follow, type Command } from '../command.ts'
import { only } from '../indexing.ts'
import { table } from '../table.ts'

const again = 'Remove the model and import it again.'

export const verifyModel: Command = {
  name: 'models verify',
  about: 'read an imported model through: hashes, shapes, and one run of its network',
  takes: 'NAME',
  flags: {},
  run: async (scene, values) => {
    const name = only(values, 'models verify takes the name of a model')
    const found = await follow(scene, scene.client.models.verify({ name }, { signal: scene.signal }))
    scene.print(
      table(
        ['what', 'holds', 'found'],
        found.proofs.map(({ about, holds, found: seen }) => [about, holds, seen]),
      ),
    )
    const failed = found.proofs.find(({ holds }) => !holds)
    if (failed) throw new Fault('model-damaged', `${name}: ${failed.about}: ${failed.found}.`, { remedy: again })
    return found
  },
}
