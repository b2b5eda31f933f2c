/** What a server says of its models: asked before anything is sent to it, and when someone wants to know. */
import * as z from 'zod'
import { Fault } from '../../../../shared/fault.ts'
import type { RemoteCheck, RemoteServer } from '../../../../shared/remote.ts'
import { keyHeader, send } from './http.ts'
import { asJson, readRefusal, refusal, wordsOf } from './words.ts'

const Models = z.object({ data: z.array(z.object({ id: z.string() })) })

/** OpenAI's list of models, which the other kinds keep too: behind the same address as what is asked. */
function modelsUrl(endpoint: string): string {
  const url = new URL(endpoint)
  url.pathname = `${url.pathname.replace(/\/(generate|(v1\/)?(chat\/)?completions)$/, '')}/v1/models`
  return url.href
}

/** Asks what models the server has; nothing else is sent. What stands in the way is told in words, not thrown. */
export async function checkServer(
  server: RemoteServer,
  key: string | null,
  signal?: AbortSignal,
): Promise<RemoteCheck> {
  const { endpoint, host, model, timeouts } = server
  try {
    const headers = keyHeader(key)
    const wire = await send({ url: modelsUrl(endpoint), host, method: 'GET', headers, timeouts, signal })
    const body = await readRefusal(wire)
    if (wire.status === 401 || wire.status === 403) throw refusal(server, wire.status, wordsOf(body, key))
    const told = Models.safeParse(asJson(body))
    if (wire.status !== 200 || !told.success)
      return { answers: true, models: [], agrees: null, words: `${host} answers, and does not tell its models.` }
    const models = told.data.data.map(({ id }) => id)
    const agrees = models.includes(model)
    const has = models.length === 0 ? 'no model' : models.join(', ')
    const words = agrees ? `${host} has ${model}.` : `${host} has ${has}, and no ${model}.`
    return { answers: true, models, agrees, words }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { answers: false, models: [], agrees: null, words: `${error.message} ${error.remedy}` }
  }
}

/** Fault remote-refused where the server tells of its models and has none of that name. */
export async function demandModel(server: RemoteServer, key: string | null, signal?: AbortSignal): Promise<void> {
  const { agrees, words } = await checkServer(server, key, signal)
  if (agrees === false)
    throw new Fault('remote-refused', words, {
      remedy: 'Serve the model that the bundle was made with, or add the server again with the name that it has there.',
    })
}
