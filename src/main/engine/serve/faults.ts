/** The one place where what the engine throws becomes the contract's typed error, in calls and in the middle of streams. */
import { mapEventIterator, ORPCError } from '@orpc/client'
import { ValidationError } from '@orpc/contract'
import { implement } from '@orpc/server'
import { contract } from '../../../shared/contract.ts'
import { Fault, isAbort, toFault } from '../../../shared/fault.ts'
import type { Log } from '../store/log.ts'

/** The contract, ready for handlers: each gets its faults typed and logged, and its own generator ended on abort. */
export function server(log: Log, warn: (line: string) => void) {
  return implement(contract).use(async ({ next, path }) => {
    const cross = (error: unknown): unknown => toError(error, path.join('.'), log, warn)
    try {
      const result = await next()
      const output: unknown = result.output
      if (!isIterator(output)) return result
      return {
        ...result,
        output: mapEventIterator(output, { value: async (value) => value, error: async (error) => cross(error) }),
      }
    } catch (error) {
      throw cross(error)
    }
  })
}

function toError(error: unknown, path: string, log: Log, warn: (line: string) => void): unknown {
  if (isAbort(error)) return error
  if (error instanceof ORPCError && error.code === 'FAULT') return error
  const fault = toFault(fromValidation(error))
  const { code, message, remedy } = fault
  // A message may quote what was read: it is told apart from the line.
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  if (code === 'internal') {
    log.write('error', `${path}: internal`, text)
    warn(`${path}: ${text}`)
  } else if (code !== 'stopped') log.write('warning', `${path}: ${code}`, `${message} ${remedy}`)
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
