/** A process that times llama.cpp, through the node-llama-cpp of a folder: `llama.ts FOLDER MODEL.gguf THREADS POSITIONS`, then orders over IPC. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { answerOrders } from './orders.ts'

/** As much of node-llama-cpp as is used here. It is no dependency: whoever compares installs it in a folder of their own. */
type Sequence = {
  clearHistory(): Promise<void>
  evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void>
  evaluate(
    tokens: readonly number[],
    options: { readonly temperature: number; readonly yieldEogToken: boolean },
  ): AsyncIterable<number>
}
type Context = { getSequence(): Sequence }
type Model = { createContext(options: Readonly<Record<string, unknown>>): Promise<Context> }
type Llama = { loadModel(options: Readonly<Record<string, unknown>>): Promise<Model> }
type Library = { getLlama(options: Readonly<Record<string, unknown>>): Promise<Llama> }

const [folder = '', path = '', threadsText = '0', positionsText = '0'] = process.argv.slice(2)
const [threads, positions] = [Number(threadsText), Number(positionsText)]
const entry = join(folder, 'node_modules', 'node-llama-cpp', 'dist', 'index.js')
const library = (await import(pathToFileURL(entry).href)) as Library
const llama = await library.getLlama({ gpu: false, build: 'never', maxThreads: threads, logLevel: 'error' })
const model = await llama.loadModel({ modelPath: path, gpuLayers: 0 })
const context = await model.createContext({
  contextSize: positions,
  batchSize: 512,
  threads: { ideal: threads, min: threads },
})
const sequence = context.getSequence()

answerOrders({
  async prefill(tokens) {
    await sequence.clearHistory()
    const begun = performance.now()
    // The last token is left for the step that gives the first logits.
    await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(0, -1))
    for await (const _ of sequence.evaluate(tokens.slice(-1), { temperature: 0, yieldEogToken: true })) break
    return performance.now() - begun
  },
  async decode(count) {
    let left = count
    const begun = performance.now()
    for await (const _ of sequence.evaluate([1], { temperature: 0, yieldEogToken: true })) if (--left === 0) break
    return performance.now() - begun
  },
})
