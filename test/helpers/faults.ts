/** The fault that some work ends in. */
import { Fault } from '../../src/shared/fault.ts'

/** Throws when the work succeeds or throws anything but a fault. */
export async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Fault)) throw new Error(`expected a fault, got ${String(error)}`, { cause: error })
  return error
}
