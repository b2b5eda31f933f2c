/** The one contract: every call and stream between a door and the engine. */
import { askingContract } from './askingContract.ts'
import { bundlesContract } from './bundles.ts'
import { corporaContract } from './corporaContract.ts'
import { measuringContract } from './measuringContract.ts'
import { sessionsContract } from './sessionsContract.ts'
import { trainingContract } from './trainingContract.ts'
import { workbenchContract } from './workbenchContract.ts'
import { hubContract } from './hub.ts'
import { modelsContract } from './models.ts'
import { pairContract } from './pair.ts'
import { remoteContract } from './remoteContract.ts'
import { speedContract } from './speed.ts'

export { contractVersion } from './version.ts'

export const contract = {
  ...workbenchContract,
  /** Other people's networks on the Hub: searched, looked at, downloaded. */
  hub: hubContract,
  /** Bundles that the engine can load. */
  bundles: bundlesContract,
  /** Other people's networks, imported. */
  models: { ...modelsContract, ...pairContract, ...speedContract },
  ...corporaContract,
  ...askingContract,
  /** Decoders elsewhere: the servers that a person confirmed. */
  remote: remoteContract,
  ...sessionsContract,
  ...measuringContract,
  ...trainingContract,
}
export type Contract = typeof contract
