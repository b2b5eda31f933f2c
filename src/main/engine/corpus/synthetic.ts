/** Synthetic passages: facts drawn at random about invented entities, so that nothing is known without the context. */
import type { Random } from '../../../shared/random.ts'
import { alloys } from './synthetic/alloys.ts'
import { biographies } from './synthetic/biographies.ts'
import { cities } from './synthetic/cities.ts'
import type { Attribute, Domain, Language, Voice } from './synthetic/domain.ts'
import { events } from './synthetic/events.ts'
import { drawEntity, splitOf, type DomainName, type Split } from './synthetic/names.ts'
import { drawValue } from './synthetic/values.ts'

/** One fact of a sheet; `from` and `to` are the characters of the answer in the sheet's text. */
export type Fact = {
  readonly attribute: string
  readonly question: string
  readonly answer: string
  readonly from: number
  readonly to: number
}

/** One synthetic passage about one entity, with every fact that stands in it. */
export type Sheet = {
  readonly domain: DomainName
  readonly language: Language
  readonly entity: string
  readonly split: Split
  readonly text: string
  readonly facts: readonly Fact[]
}

const domains: readonly Domain[] = [cities, alloys, biographies, events]
const factsPerSheet = 4
const shares = { es: 0.05, zh: 0.03 }
const openers = ['', '', '', '', 'All in all, ', 'By most accounts, ', 'It is said that ', 'As many will recall, ']

/** Draws one sheet; endless, and only with entities of `split`. */
export function drawSheet(random: Random, split: Split | 'any'): Sheet {
  const domain = random.pick(domains)
  const language = drawLanguage(random)
  const entity = drawEntity(random, domain.name, split)
  return writeSheet(random, domain, language, entity)
}

/** Tells the sheet's facts again in other words and another order: a text that can be foretold only from the sheet. */
export function retell(random: Random, sheet: Sheet): string {
  const voice = voiceOf(sheet)
  const sentences = sheet.facts.map((fact) => {
    const attribute = voice.attributes.find((each) => each.name === fact.attribute)
    if (!attribute) throw new Error(`internal: ${sheet.domain} has no attribute ${fact.attribute}`)
    const said = (template: string) => fill(template, sheet.entity, fact.answer).text
    return random.pick(attribute.says.map(said).filter((sentence) => !sheet.text.includes(sentence)))
  })
  return random.shuffle(sentences).join(sheet.language === 'zh' ? '' : ' ')
}

function voiceOf(sheet: Sheet): Voice {
  const domain = domains.find((each) => each.name === sheet.domain)
  if (!domain) throw new Error(`internal: no domain ${sheet.domain}`)
  return domain.voices[sheet.language]
}

function drawLanguage(random: Random): Language {
  const share = random.float()
  return share < shares.zh ? 'zh' : share < shares.zh + shares.es ? 'es' : 'en'
}

type Sentence = { readonly text: string; readonly fact?: Fact }

function writeSheet(random: Random, domain: Domain, language: Language, entity: string): Sheet {
  const voice = domain.voices[language]
  const values = new Set<string>()
  const told: Sentence[] = random
    .shuffle(voice.attributes)
    .slice(0, factsPerSheet)
    .map((attribute) => tell(random, attribute, entity, drawFresh(random, attribute, values)))
  const fillers = random.shuffle(voice.fillers).slice(0, random.int(1, 2))
  for (const filler of fillers)
    told.splice(random.int(0, told.length), 0, { text: writeFiller(random, language, filler) })

  const gap = language === 'zh' ? '' : ' '
  const facts: Fact[] = []
  let text = ''
  for (const sentence of told) {
    if (text) text += gap
    const { fact } = sentence
    if (fact) facts.push({ ...fact, from: fact.from + text.length, to: fact.to + text.length })
    text += sentence.text
  }
  return { domain: domain.name, language, entity, split: splitOf(domain.name, entity), text, facts }
}

/** A value that no other fact of the sheet has: two equal values would blur which of them was read. */
function drawFresh(random: Random, attribute: Attribute, taken: Set<string>): string {
  for (;;) {
    const value = drawValue(random, attribute.value)
    if (taken.has(value)) continue
    taken.add(value)
    return value
  }
}

function tell(random: Random, attribute: Attribute, entity: string, answer: string): Sentence {
  const { text, from, to } = fill(random.pick(attribute.says), entity, answer)
  const question = random.pick(attribute.asks).replaceAll('{e}', entity)
  return { text, fact: { attribute: attribute.name, question, answer, from, to } }
}

/** Puts entity and value into a template; `from` and `to` are the value's characters. */
function fill(template: string, entity: string, value: string): { text: string; from: number; to: number } {
  const named = template.replaceAll('{e}', entity)
  const from = named.indexOf('{v}')
  const text = grammar(named.replace('{v}', value), from)
  const shift = text.length - (named.length - '{v}'.length + value.length)
  return { text, from: from + shift, to: from + shift + value.length }
}

/** "a owl" becomes "an owl" when the value at `from` begins with a vowel's sound. */
function grammar(text: string, from: number): string {
  const before = text.slice(0, from)
  return /(^|\s)[Aa] $/.test(before) && /^[aeio]|^um/.test(text.slice(from))
    ? `${before.trimEnd()}n ${text.slice(from)}`
    : text
}

function writeFiller(random: Random, language: Language, filler: string): string {
  const text = language === 'en' ? random.pick(openers) + filler : filler
  return text.charAt(0).toUpperCase() + text.slice(1)
}
