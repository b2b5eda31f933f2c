/** `models pair` and `models write`: a bundle of an imported decoder, and texts that a decoder writes to train it on. */
import {
  PairInput,
  templateKinds,
  WriteInput,
  type PairEstimate,
  type PairResult,
  type PairTraining,
} from '../../../shared/pair.ts'
import { untrainedText } from '../../../shared/untrained.ts'
import { given, readInput, UsageError, type Values } from '../arguments.ts'
import { follow, type Command, type Scene } from '../command.ts'
import { bytesText, table } from '../table.ts'

function nameOf(values: Values, command: string): string {
  const [name, ...more] = values.positionals
  if (name === undefined || more.length > 0) throw new UsageError(`${command} takes the name of an imported decoder`)
  return name
}

const inMillions = (parameters: number): string => `${(parameters / 1e6).toFixed(2)} M`

function sayWay({ way, secondsAStep, note }: PairTraining): string {
  return secondsAStep === null ? `${way}: ${note}` : `${way}: ${secondsAStep.toFixed(3)} s a step`
}

function sayEstimate(estimate: PairEstimate): readonly string[] {
  const { parts, untrained, disk, weights, cacheEach, free, sample, training, timed, notes } = estimate
  const { k, chunks, output, sequences } = sample
  return [
    table(
      ['part', 'parameters', 'weights'],
      parts.map(({ part, parameters }) => [
        part,
        inMillions(parameters),
        untrained.some((each) => each === part) ? 'random' : 'imported',
      ]),
    ),
    `untrained: ${untrainedText(untrained)}`,
    `${bytesText(disk)} on disk; ${bytesText(weights)} in memory and ${bytesText(1000 * cacheEach)} for every 1,000 positions; ${bytesText(free)} free now`,
    table(
      ['training', 'moves', 'memory', 'seconds a step', 'n', 'tokens/s', '1,000 steps'],
      training.map(({ way, moves, bytes, secondsAStep, steps, tokensPerSecond, note }) => [
        way,
        inMillions(moves),
        bytesText(bytes),
        secondsAStep?.toFixed(3) ?? note,
        steps,
        tokensPerSecond?.toFixed(0) ?? '',
        secondsAStep === null ? '' : `${((1000 * secondsAStep) / 60).toFixed(1)} min`,
      ]),
    ),
    `timed ${timed}: ${sequences} sequences of ${chunks} chunks of ${k} tokens, ${output} tokens foretold; medians of the steps timed`,
    ...notes,
  ]
}

/** Pairs a decoder; tells what it comes to, and where the bundle is. */
export async function pairAndTell(scene: Scene, input: PairInput): Promise<PairResult> {
  const done = await follow(scene, scene.client.models.pair(input, { signal: scene.signal }), (way) =>
    scene.warn(sayWay(way)),
  )
  sayEstimate(done.estimate).forEach(scene.print)
  if (done.bundle !== null) {
    const { name, out, hash } = done.bundle
    scene.print(`bundle in ${out}`)
    scene.print(`  ${name} (${hash}); go on with: train reconstruct --load ${out} --data FILES --out RUN`)
  }
  return done
}

export const pairCommand: Command = {
  name: 'models pair',
  about: 'make a bundle of an imported decoder: an encoder and a projector that fit, untrained and marked so',
  note: 'An estimate of memory and of training time comes first; --dry stops there. Train with train reconstruct, then train continue.',
  takes: 'DECODER',
  flags: {
    encoder: {
      type: 'string',
      value: 'NAME',
      about: 'an imported encoder or embedder, or own: a small one over the decoder’s tokens',
      default: 'own',
    },
    k: { type: 'string', value: 'K,…', about: 'tokens per chunk that the encoder is for', default: '8,16' },
    queries: { type: 'string', value: 'N', about: 'vectors that the own encoder pools a chunk into (4)' },
    template: {
      type: 'string',
      value: 'NAME',
      about: `${templateKinds.join(', ')}: what stands about question and passages (chat where the decoder has a chat template, else question)`,
    },
    end: {
      type: 'string',
      value: 'TOKEN',
      about: 'that ends a text, where the config names one the decoder never met',
    },
    name: { type: 'string', value: 'NAME', about: 'of the bundle' },
    out: { type: 'string', value: 'DIR', about: 'folder of the bundle (in the home’s bundles)' },
    seed: { type: 'string', value: 'N', about: 'of the weights that begin random', default: '7' },
    dry: { type: 'boolean', about: 'estimate and write nothing' },
  },
  run: async (scene, values) => {
    const input = readInput(PairInput, {
      decoder: nameOf(values, 'models pair'),
      encoder: values.text('encoder'),
      ks: values.numbers('k'),
      ...given(values, 'queries', 'queries', values.integer),
      ...given(values, 'template', 'template', values.text),
      ...given(values, 'end', 'end', values.text),
      ...given(values, 'name', 'name', values.text),
      ...given(values, 'out', 'out', values.text),
      seed: values.integer('seed'),
      dry: values.flag('dry'),
    })
    return pairAndTell(scene, input)
  },
}

export const writeCommand: Command = {
  name: 'models write',
  about: 'let an imported decoder write texts: data that it can surely foretell, for a first training',
  takes: 'DECODER',
  flags: {
    texts: { type: 'string', value: 'N', about: 'how many', default: '500' },
    out: { type: 'string', value: 'FILE', about: 'file; texts are parted by lines of <|endoftext|>', required: true },
    tokens: { type: 'string', value: 'N', about: 'most tokens a text', default: '480' },
    prompt: { type: 'string', value: 'TEXT', about: 'what every text begins with' },
    temperature: { type: 'string', value: 'T', about: 'of sampling', default: '1' },
    'top-p': { type: 'string', value: 'P', about: 'nucleus of sampling', default: '1' },
    seed: { type: 'string', value: 'N', about: 'seed of the draws; each text has its own', default: '7' },
  },
  run: async (scene, values) => {
    const input = readInput(WriteInput, {
      model: nameOf(values, 'models write'),
      texts: values.integer('texts'),
      out: values.text('out'),
      tokens: values.integer('tokens'),
      ...given(values, 'prompt', 'prompt', values.text),
      temperature: values.number('temperature'),
      topP: values.number('top-p'),
      seed: values.integer('seed'),
    })
    const done = await follow(scene, scene.client.models.write(input, { signal: scene.signal }), (first) =>
      scene.warn(first),
    )
    const { out, texts, repeated, tokens, ended, seconds } = done
    scene.print(
      `${texts} texts in ${out}, ${tokens} tokens; ${ended} ended by the decoder, ${repeated} repeated and left out`,
    )
    scene.print(`  in ${seconds.toFixed(1)} s`)
    return done
  },
}
