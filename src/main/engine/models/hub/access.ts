/** Where the Hub is, whom a token may be told to, and how long an answer is waited for. */
import { Fault } from '../../../../shared/fault.ts'

/** How patient a download is, in milliseconds. */
export type Patience = {
  /** For an answer to begin, and for a short one to end. */
  readonly answerMs: number
  /** For the next bytes of a file. */
  readonly idleMs: number
  /** Before each new try after a cut line that brought nothing; as many tries as there are waits. */
  readonly waitsMs: readonly number[]
}

export type Hub = {
  /** Without a slash at its end. */
  readonly endpoint: string
  readonly token: string | null
  readonly patience: Patience
}

export const usualEndpoint = 'https://huggingface.co'
export const usualPatience: Patience = { answerMs: 30_000, idleMs: 30_000, waitsMs: [500, 1000, 2000, 5000, 10_000] }

/** An endpoint as a person wrote it. Fault bad-input where it is no address of a server. */
export function readEndpoint(text: string): string {
  const url = URL.parse(text.trim())
  const plain = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search + url.hash === ''
  if (!plain) {
    throw new Fault('bad-input', `“${text}” is no address of a Hub.`, {
      remedy: `Give the address of a server, as in ${usualEndpoint}, in HF_ENDPOINT or in the settings.`,
    })
  }
  return url.href.replace(/\/+$/, '')
}

/** Whether a token may go to `url`: to the endpoint's own server alone, and in the clear only within this machine. */
export function mayTell(hub: Hub, url: string): boolean {
  const [own, other] = [URL.parse(hub.endpoint), URL.parse(url)]
  if (own === null || other === null || own.origin !== other.origin) return false
  return own.protocol === 'https:' || /^(localhost|127\.0\.0\.1|\[::1\])$/.test(own.hostname)
}
