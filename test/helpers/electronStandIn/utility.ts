/** Loaded before the engine host in a stand-in utility process: gives it `process.parentPort`. */
import { EventEmitter } from 'node:events'
import { carrier, type Carried } from './ports.ts'

const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (data: unknown) => send({ type: 'message', data, ports: [] }),
})
const carried = carrier(send)

process.on('message', (message: Carried) => {
  if (message.type === 'message') {
    parentPort.emit('message', { data: message.data, ports: message.ports.map((id) => carried.take(id)) })
  } else carried.deliver(message)
})
Object.defineProperty(process, 'parentPort', { value: parentPort })

function send(message: Carried): void {
  process.send?.(message)
}
