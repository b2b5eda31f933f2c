/** Server-sent events out of a stream of bytes, cut anywhere: within a line, within a character. */
import { Fault } from '../../../../shared/fault.ts'

/** What servers send last. */
export const lastEvent = '[DONE]'

/** No event is as long: a stream without ends must not fill the memory. */
const longest = 16 * 1024 * 1024

/** The data of each event, in order. Fault remote-broken for a stream that ends within one, or never ends one. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ''
  let data: string[] = []
  let length = 0

  function* linesOf(text: string): Generator<string> {
    rest += text
    // A carriage return at the very end may be half of a line's end.
    for (let end = /\r\n|\n|\r(?!$)/.exec(rest); end !== null; end = /\r\n|\n|\r(?!$)/.exec(rest)) {
      const line = rest.slice(0, end.index)
      rest = rest.slice(end.index + end[0].length)
      yield line
    }
  }
  function* eventsOf(text: string): Generator<string> {
    for (const line of linesOf(text)) {
      if (line === '') {
        if (data.length > 0) yield data.join('\n')
        data = []
        length = 0
      } else if (line.startsWith('data:')) {
        data.push(line.slice(line.startsWith('data: ') ? 6 : 5))
        length += line.length
      }
    }
    if (rest.length + length > longest)
      throw new Fault('remote-broken', `The server sends an event of more than ${longest / 2 ** 20} MiB.`)
  }

  for await (const chunk of chunks) yield* eventsOf(decoder.decode(chunk, { stream: true }))
  yield* eventsOf(`${decoder.decode()}`)
  if (rest.startsWith('data:')) data.push(rest.slice(5).trim())
  const left = data.join('\n')
  // Some close the connection right behind the last line.
  if (left === lastEvent) yield left
  else if (rest.trim() !== '' || left !== '')
    throw new Fault('remote-broken', 'The server’s stream ended in the middle of an event.')
}
