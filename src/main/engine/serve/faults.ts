/** The one place where what the engine throws becomes the contract's typed error, in calls and in the middle of streams. */
import { mapEventIterator, ORPCError } from '@orpc/client'
import { ValidationError } from '@orpc/contract'
import { implement } from '@orpc/server'
import { contract } from '../../../shared/contract.ts'
import { Fault, isAbort, toFault } from '../../../shared/fault.ts'
import { watchCall, type InHand } from './inHand.ts'

/** The contract, ready for handlers: each gets its faults typed, its own generator ended on abort, and long ones told to the door. */
export function server(log: (line: string) => void, inHand: InHand) {
  return implement(contract).use(async ({ next, path }) => {
    const cross = (error: unknown): unknown => toError(error, path.join('.'), log)
    try {
      const result = await next()
      const output: unknown = result.output
      if (!isIterator(output)) return result
      return {
        ...result,
        output: mapEventIterator(watchCall(inHand, path.join('.'), output)[Symbol.asyncIterator](), {
          value: async (value) => value,
          error: async (error) => cross(error),
        }),
      }
    } catch (error) {
      throw cross(error)
    }
  })
}

function toError(error: unknown, path: string, log: (line: string) => void): unknown {
  if (isAbort(error)) return error
  if (error instanceof ORPCError && error.code === 'FAULT') return error
  const fault = toFault(fromValidation(error))
  if (fault.code === 'internal')
    log(`${path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  const { code, message, remedy } = fault
  return new ORPCError('FAULT', { defined: true, status: 422, message, data: { code, message, remedy } })
}

/** Input that does not fit the contract is the caller's; output that does not is ours. */
function fromValidation(error: unknown): unknown {
  if (!(error instanceof ORPCError) || !(error.cause instanceof ValidationError)) return error
  const text = error.cause.issues
    .map(
      (issue) =>
        `${issue.path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.') || 'input'}: ${issue.message}`,
    )
    .join('; ')
  if (error.code === 'BAD_REQUEST') return new Fault('bad-input', text, { cause: error })
  return new Error(`internal: an answer does not fit the contract: ${text}`, { cause: error })
}

function isIterator(value: unknown): value is AsyncIteratorObject<unknown, unknown, void> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
