/** The remote commands: servers that decode what was compressed here; a person confirms each host before anything is sent there. */
import { createInterface } from 'node:readline/promises'
import { AddRemote } from '../../shared/remote.ts'
import {
  endpointOf,
  keyWords,
  remoteDtypes,
  remoteKindInfo,
  remoteKinds,
  textOnlyLabel,
} from '../../shared/remoteKinds.ts'
import { given, readInput, UsageError, type Values } from './arguments.ts'
import type { Command, Scene } from './command.ts'
import { table } from './table.ts'

function only(values: Values, what: string): string {
  const [one, ...more] = values.positionals
  if (one === undefined || more.length > 0) throw new UsageError(`it takes ${what}`)
  return one
}

const add: Command = {
  name: 'remote add',
  about: 'confirm a server that decodes: vLLM and SGLang are sent embeddings, OpenAI-compatible ones text alone',
  note: 'Nothing is sent by adding it. A key is read from the environment at each ask, and kept nowhere.',
  takes: 'URL',
  flags: {
    kind: { type: 'string', value: 'KIND', about: remoteKinds.join(' | '), required: true },
    model: {
      type: 'string',
      value: 'NAME',
      about: 'the model, by the name that the server has it under',
      required: true,
    },
    name: { type: 'string', value: 'NAME', about: 'what plans call the server by (KIND@HOST)' },
    'key-env': { type: 'string', value: 'NAME', about: 'environment variable that holds its key' },
    dtype: {
      type: 'string',
      value: 'TYPE',
      about: `precision of the rows sent: ${remoteDtypes.join(' | ')}`,
      default: 'f32',
    },
    'no-log-probs': { type: 'boolean', about: 'do not ask for log-probabilities, which some servers refuse to give' },
    timeouts: {
      type: 'string',
      value: 'C,F,I',
      about: 'seconds to connect, to the first token, and between two parts of the stream',
      default: '10,120,60',
    },
    yes: { type: 'boolean', about: 'the host is confirmed: do not ask' },
  },
  run: async (scene, values) => {
    const url = only(values, 'the address of a server')
    const [connect = 10, firstToken = 120, idle = 60, ...more] = values.numbers('timeouts')
    if (more.length > 0) throw new UsageError('--timeouts takes three numbers of seconds')
    const timeouts = { connectMs: 1000 * connect, firstTokenMs: 1000 * firstToken, idleMs: 1000 * idle }
    const shared = {
      url,
      kind: values.text('kind'),
      model: values.text('model'),
      dtype: values.text('dtype'),
      logProbs: !values.flag('no-log-probs'),
      timeouts,
      ...given(values, 'name', 'name', values.text),
      ...given(values, 'key-env', 'keyEnv', values.text),
    }
    // Read once without the confirmation, so that wrong use is told before anyone is asked.
    const { kind } = readInput(AddRemote, { ...shared, confirm: '' })
    const { host, encrypted, local } = endpointOf(url, kind)
    scene.warn(`${host} will be sent ${remoteKindInfo[kind].sent}.`)
    if (!encrypted && !local) scene.warn('The way there is not encrypted: who is on it can read along.')
    if (!values.flag('yes') && !(await confirms(scene, host)))
      throw new UsageError(`${host} was not confirmed: nothing was added`)
    const added = await scene.client.remote.add(readInput(AddRemote, { ...shared, confirm: host }))
    scene.print(`${added.name}: ask with --decoder ${added.name}${added.sends === 'text' ? `; ${textOnlyLabel}` : ''}`)
    if (added.key === 'missing') scene.warn(`${added.keyEnv} is not set: asks fail until it holds the key.`)
    return added
  },
}

async function confirms(scene: Scene, host: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError(`nobody is here to confirm ${host}: give --yes`)
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const typed = await lines.question(`Send this to ${host} whenever a plan names it? [y/N] `, {
      signal: scene.signal,
    })
    return /^y(es)?$/i.test(typed.trim())
  } finally {
    lines.close()
  }
}

const list: Command = {
  name: 'remote list',
  about: 'list the confirmed servers',
  flags: {},
  run: async (scene) => {
    const servers = await scene.client.remote.list()
    scene.print(
      table(
        ['name', 'kind', 'host', 'model', 'is sent', 'key'],
        servers.map((server) => [
          server.name,
          server.kind,
          server.host,
          server.model,
          server.sends === 'text' ? textOnlyLabel : `embeddings, ${server.dtype}`,
          keyWords(server.key, server.keyEnv),
        ]),
      ),
    )
    return { servers }
  },
}

const check: Command = {
  name: 'remote check',
  about: 'ask a confirmed server what models it has; nothing of any document or question is sent',
  takes: 'NAME',
  flags: {},
  run: async (scene, values) => {
    const name = only(values, 'the name of a server')
    const found = await scene.client.remote.check({ name }, { signal: scene.signal })
    scene.print(found.words)
    return found
  },
}

const remove: Command = {
  name: 'remote remove',
  about: 'forget a server and its key: nothing is sent there any more',
  takes: 'NAME',
  flags: {},
  run: async (scene, values) => {
    const name = only(values, 'the name of a server')
    await scene.client.remote.remove({ name })
    scene.print(`${name} is forgotten.`)
    return { name }
  },
}

export const remoteCommands: readonly Command[] = [add, list, check, remove]
