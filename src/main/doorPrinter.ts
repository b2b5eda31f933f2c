/** Printing through a door that can: the host asks, the door answers with the PDF of the page. */
import { Fault } from '../shared/fault.ts'
import type { RelayMessage } from './relay.ts'

type Printed = Extract<RelayMessage, { type: 'printed' }>

export type DoorPrinter = {
  /** The bytes of the PDF. Fault bad-input where the door did not print. */
  readonly print: (html: string) => Promise<Uint8Array>
  readonly deliver: (message: Printed) => void
}

/** `tell` sends to the door. */
export function doorPrinter(tell: (message: RelayMessage) => void): DoorPrinter {
  const waiting = new Map<number, (message: Printed) => void>()
  let count = 0
  return {
    print: async (html) => {
      const id = (count += 1)
      const printed = new Promise<Printed>((resolve) => waiting.set(id, resolve))
      tell({ type: 'print', id, html })
      const { pdf, reason } = await printed
      if (pdf !== null) return pdf
      throw new Fault('bad-input', `The page was not printed: ${reason}.`, {
        remedy: 'Write the report as .html, open it and print it from there.',
      })
    },
    deliver: (message) => {
      waiting.get(message.id)?.(message)
      waiting.delete(message.id)
    },
  }
}
