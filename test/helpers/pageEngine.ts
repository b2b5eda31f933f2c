/** An engine that says what a test tells it to, over a real port and the real contract: the page meets it through `link()`. */
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { link, type Desktop } from '../../src/renderer/link.ts'
import { contract } from '../../src/shared/contract.ts'
import type {
  BestInput,
  BestResult,
  BestTold,
  ContributionInput,
  ContributionResult,
  ContributionTold,
  FlipsInput,
  FlipsResult,
  FlipTold,
  ShapleyInput,
  ShapleyResult,
  ShapleyTold,
} from '../../src/shared/whatif.ts'
import type { JobEvent } from '../../src/shared/job.ts'

type Told<Input, Partial, Result> = (input: Input, signal?: AbortSignal) => AsyncGenerator<JobEvent<Partial, Result>>

/** What the engine says to each what-if call. */
export type WhatIfScript = {
  flips: Told<FlipsInput, FlipTold, FlipsResult>
  best: Told<BestInput, BestTold, BestResult>
  shapley: Told<ShapleyInput, ShapleyTold, ShapleyResult>
  contribution: Told<ContributionInput, ContributionTold, ContributionResult>
}

/** Connects the page to an engine that follows `script`, which a test may change between calls. */
export function connectWhatIf(script: WhatIfScript): void {
  const os = implement(contract)
  const router = {
    whatIf: {
      flips: os.whatIf.flips.handler(({ input, signal }) => script.flips(input, signal)),
      best: os.whatIf.best.handler(({ input, signal }) => script.best(input, signal)),
      shapley: os.whatIf.shapley.handler(({ input, signal }) => script.shapley(input, signal)),
      contribution: os.whatIf.contribution.handler(({ input, signal }) => script.contribution(input, signal)),
    },
  }
  const { port1, port2 } = new MessageChannel()
  new RPCHandler(router).upgrade(port1)
  port1.start()
  Object.defineProperty(window, 'workbench', {
    configurable: true,
    value: {
      pathForFile: () => '',
      onMenu: () => {},
      onEngine: () => {},
      onHanded: () => {},
      noteOpened: () => {},
      setTheme: () => {},
      reveal: () => {},
    } satisfies Desktop,
  })
  link()
  const arrival = new Event('message')
  window.dispatchEvent(Object.assign(arrival, { data: 'engine-port', source: window, ports: [port2] }))
}
