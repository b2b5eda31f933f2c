/** Whether the decoder is opened with the page, so that its first question need not wait for it. */
import { heldBytes } from '../nets/held.ts'
import type { Parts } from '../parts.ts'
import type { Runs } from '../store/runs.ts'
import type { Loader } from './loaded.ts'

/** Share of the memory at hand that a decoder may take before anyone has asked for it. */
const share = 0.5

/**
 * What is loaded, its decoder opened, but where it is not likely to be asked: where the latest run was decoded elsewhere, where it would
 * take more than half of the memory at hand, and where its bundle has no layers of it. Then the first plan that decodes here opens it.
 */
export async function openAhead(loader: Loader, runs: Pick<Runs, 'list'>): Promise<Parts> {
  // Read first: by the time that a bundle is there, its door may be closing.
  const [latest] = runs.list(1)
  const parts = await loader.light()
  return parts.decoder.isOpen() || isLikely(parts, latest) ? loader.get() : parts
}

function isLikely({ bundle, config, format }: Parts, latest: ReturnType<Runs['list']>[number] | undefined): boolean {
  if (bundle.config.decoderElsewhere === true || (latest?.decoder ?? null) !== null) return false
  return heldBytes(config.decoder, format) <= share * process.availableMemory()
}
