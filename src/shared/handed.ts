/** What the system hands to the desktop: documents, a session, a link. */
import type { DeepLink } from './deepLink.ts'

/** The ending of a session's file. */
export const sessionEnding = '.refrag'

/** One thing to open. `refused` is a link that is none: the page says so. */
export type Handed =
  | { readonly type: 'link'; readonly link: DeepLink }
  | { readonly type: 'documents'; readonly paths: readonly string[] }
  | { readonly type: 'session'; readonly path: string }
  | { readonly type: 'refused'; readonly text: string }
