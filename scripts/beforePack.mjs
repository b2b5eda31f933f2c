/** What electron-builder runs before it packs: no release is made on an Electron that is mended no more. */
import { refuseOldElectron } from './electronSupport.ts'

export async function beforePack() {
  refuseOldElectron()
}
