/** Probing a device through a door: Electron's binary starts no Node, so that the desktop starts the process and passes on what it says. */
import type { StartProbe } from './engine/engine.ts'
import type { RelayMessage } from './relay.ts'

type Told = Extract<RelayMessage, { type: 'probe-told' | 'probe-ended' }>

export type DoorProber = { readonly start: StartProbe; readonly deliver: (message: Told) => void }

/** `tell` sends to the door. */
export function doorProber(tell: (message: RelayMessage) => void): DoorProber {
  type Listener = { readonly told: ((message: unknown) => void)[]; readonly ended: ((ending: string) => void)[] }
  const running = new Map<number, Listener>()
  let count = 0
  return {
    start: (asked) => {
      const id = (count += 1)
      const listener: Listener = { told: [], ended: [] }
      running.set(id, listener)
      tell({ type: 'probe', id, asked: JSON.stringify(asked) })
      return {
        onMessage: (callback) => void listener.told.push(callback),
        onExit: (callback) => void listener.ended.push(callback),
        kill: () => tell({ type: 'probe-kill', id }),
      }
    },
    deliver: (message) => {
      const listener = running.get(message.id)
      if (message.type === 'probe-told') for (const callback of listener?.told ?? []) callback(message.message)
      else {
        for (const callback of listener?.ended ?? []) callback(message.ending)
        running.delete(message.id)
      }
    },
  }
}
