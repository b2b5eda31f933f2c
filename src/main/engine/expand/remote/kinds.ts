/** The formats in which servers are asked, one table. */
import type { RemoteKind } from '../../../../shared/remoteKinds.ts'
import type { Format } from './format.ts'
import { openaiFormat } from './openai.ts'
import { sglangFormat } from './sglang.ts'
import { vllmFormat } from './vllm.ts'

export const formats: Readonly<Record<RemoteKind, Format>> = {
  vllm: vllmFormat,
  sglang: sglangFormat,
  openai: openaiFormat,
}
