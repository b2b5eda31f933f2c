/** Run as its own process, to be killed: an index whose embedder never comes back. */
import { buildIndex } from '../../src/main/engine/retrieve/build.ts'
import { wordEmbedder } from './embedder.ts'
import { finish } from './jobs.ts'

const [path = '', out = ''] = process.argv.slice(2)
const embed = () => {
  console.log('embedding')
  return new Promise<never>(() => setInterval(() => {}, 1000))
}
await finish(buildIndex({ paths: [path], out, embedder: { ...wordEmbedder(), embed } }))
