/** What every call of the contract begins from. */
import { oc } from '@orpc/contract'
import * as z from 'zod'

/** Every fault crosses as this one typed error; its data is a `FaultData`. */
export const base = oc.errors({
  FAULT: { status: 422, data: z.object({ code: z.string(), message: z.string(), remedy: z.string() }) },
})
