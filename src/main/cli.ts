/** Terminal door: argv -> contract -> stdout. Exit codes: 0 done, 1 fault, 2 wrong use, 130 interrupted. */
import { ORPCError } from '@orpc/client'
import { createRouterClient } from '@orpc/server'
import { isAbort, toFault, type FaultData } from '../shared/fault.ts'
import { commonFlags, readArguments, UsageError } from './cli/arguments.ts'
import type { Command, Scene } from './cli/command.ts'
import { commands } from './cli/commands.ts'
import { progressBar } from './cli/progress.ts'
import type { Engine } from './engine/engine.ts'
import { homeFolder, modelsFolder, weightsNamed } from './settings.ts'

const argv = process.argv.slice(2)
const json = argv.includes('--json')
const stop = new AbortController()
let interrupts = 0
process.on('SIGINT', interrupt)
process.on('SIGTERM', interrupt)
// A reader that closes the pipe early, as `head` does, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

process.exitCode = await main()

async function main(): Promise<number> {
  try {
    const command = findCommand(argv)
    if (command === null) {
      process.stdout.write(generalHelp())
      return argv.length === 0 || argv.includes('--help') || argv.includes('-h') || argv[0] === 'help' ? 0 : unknown()
    }
    const rest = argv.slice(command.name.split(' ').length)
    if (rest.includes('--help') || rest.includes('-h')) {
      process.stdout.write(commandHelp(command))
      return 0
    }
    const values = readArguments(rest, { ...commonFlags, ...command.flags })
    const models = values.optional('bundle') ?? values.optional('load') ?? modelsFolder()
    // A command may have flags of its own by these names.
    const over = (flag: string): string | undefined => (flag in command.flags ? undefined : values.optional(flag))
    const scene = {
      home: values.optional('home') ?? homeFolder(),
      models,
      device: over('device') ?? process.env['REFRAG_DEVICE'],
      weights: weightsNamed(over('weights') ?? process.env['REFRAG_WEIGHTS']),
    }
    const result = await run(command, values, scene)
    if (json && result !== undefined) process.stdout.write(`${JSON.stringify(result)}\n`)
    return 0
  } catch (error) {
    if (stop.signal.aborted || isAbort(error)) {
      process.stderr.write('interrupted\n')
      return 130
    }
    if (error instanceof UsageError) {
      process.stderr.write(`refrag: ${error.message}\nSee: npm run refrag -- ${findCommand(argv)?.name ?? ''} --help\n`)
      return 2
    }
    report(toFaultData(error))
    return 1
  }
}

type Place = Pick<Scene, 'home' | 'models' | 'device' | 'weights'>

async function run(command: Command, values: Parameters<Command['run']>[1], place: Place): Promise<unknown> {
  const warn = (line: string): void => void process.stderr.write(`${line}\n`)
  const engine = command.standalone === true ? null : await startEngine(place, warn)
  try {
    return await command.run(
      {
        ...place,
        client: engine === null ? noClient() : createRouterClient(engine.router),
        signal: stop.signal,
        bar: progressBar(process.stderr),
        json,
        print: (line) => void (json || process.stdout.write(`${line}\n`)),
        stream: (text) => void (json || process.stdout.write(text)),
        warn,
      },
      values,
    )
  } finally {
    await engine?.close()
  }
}

/** The engine is loaded only for commands that need it: help and usage errors come at once. */
async function startEngine(place: Place, log: (line: string) => void): Promise<Engine> {
  const { createEngine } = await import('./engine/engine.ts')
  return createEngine({ ...place, log, source: 'terminal' })
}

function noClient(): Scene['client'] {
  return new Proxy(
    {},
    {
      get: () => {
        throw new Error('internal: this command has no engine')
      },
    },
  ) as Scene['client']
}

function interrupt(): void {
  interrupts += 1
  // A second Ctrl-C does not wait for the engine to notice the first.
  if (interrupts > 1) process.exit(130)
  stop.abort()
}

function findCommand(words: readonly string[]): Command | null {
  return commands.find((command) => command.name.split(' ').every((word, at) => words[at] === word)) ?? null
}

function toFaultData(error: unknown): FaultData {
  if (error instanceof ORPCError && error.code === 'FAULT') return error.data
  const { code, message, remedy } = toFault(error)
  return { code, message, remedy }
}

function report(fault: FaultData): void {
  if (json) process.stderr.write(`${JSON.stringify({ error: fault })}\n`)
  else process.stderr.write(`refrag: ${fault.message}\n  ${fault.remedy}\n`)
}

function unknown(): number {
  process.stderr.write(`refrag: unknown command "${argv.join(' ')}"\n`)
  return 2
}

function generalHelp(): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const lines = commands.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`)
  return `REFRAG Workbench\n\nUse: npm run refrag -- COMMAND [FLAGS]\n\n${lines.join('\n')}\n\nEach command has --help. Exit codes: 0 done, 1 fault, 2 wrong use, 130 interrupted.\n`
}

function commandHelp({ name, about, note, takes, flags }: Command): string {
  const rows = Object.entries({ ...flags, ...commonFlags }).map(
    ([flag, { value, about: text, default: preset, required }]) => ({
      left: `--${flag}${value === undefined ? '' : ` ${value}`}`,
      right: `${text}${preset === undefined ? '' : ` (${preset})`}${required === true ? ' (required)' : ''}`,
    }),
  )
  const width = Math.max(...rows.map(({ left }) => left.length))
  const lines = rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`)
  return `${about}\n${note === undefined ? '' : `${note}\n`}\nUse: npm run refrag -- ${name}${takes === undefined ? '' : ` ${takes}`} [FLAGS]\n\n${lines.join('\n')}\n`
}
