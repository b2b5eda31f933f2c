/** Secrets through a door that can keep them: the host asks, the door answers. They cross between our own two processes alone. */
import type { RelayMessage } from './relay.ts'

type Kept = Extract<RelayMessage, { type: 'kept' }>
type Asked = Extract<RelayMessage, { type: 'keep' | 'recall' }>

export type DoorKeeper = {
  readonly read: (name: string) => Promise<string | null>
  readonly write: (name: string, secret: string | null) => Promise<boolean>
  readonly deliver: (message: Kept) => void
}

/** `tell` sends to the door. */
export function doorKeeper(tell: (message: RelayMessage) => void): DoorKeeper {
  const waiting = new Map<number, (message: Kept) => void>()
  let count = 0
  function ask(make: (id: number) => Asked): Promise<Kept> {
    const id = (count += 1)
    const answer = new Promise<Kept>((resolve) => waiting.set(id, resolve))
    tell(make(id))
    return answer
  }
  return {
    read: async (name) => (await ask((id) => ({ type: 'recall', id, name }))).secret,
    write: async (name, secret) => (await ask((id) => ({ type: 'keep', id, name, secret }))).kept,
    deliver: (message) => {
      waiting.get(message.id)?.(message)
      waiting.delete(message.id)
    },
  }
}
