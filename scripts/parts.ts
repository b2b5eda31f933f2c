/** `npm run parts`: every part of the page in every state, served until Ctrl-C. */
import { serveParts } from './servedParts.ts'

const { url } = await serveParts()
console.log(`parts at ${url}`)
