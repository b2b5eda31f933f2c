/** Deep links: what is written is read back, what is read is harmless, and anything else is no link. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linkStart, writeAddress, type Address } from '../../src/shared/address.ts'
import { formatDeepLink, parseDeepLink, type DeepLink } from '../../src/shared/deepLink.ts'

const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)
const word = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9-]{0,31}$/)
/** Whatever a corpus calls a passage, on one line. */
const passage = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => /^[^\p{Cc}\p{Cs}]{1,200}$/u.test(text))
const chunks = fc.array(fc.integer({ min: 0, max: 9_999_999 }), { minLength: 1, maxLength: 200 })
const link: fc.Arbitrary<DeepLink> = fc
  .record({ session: id, screen: word, stage: word, run: id, colorBy: word, zoom: word }, { requiredKeys: [] })
  .chain((view): fc.Arbitrary<DeepLink> =>
    fc.oneof(
      fc.constant(view),
      chunks.map((some) => ({ ...view, chunks: some })),
      passage.map((one) => ({ ...view, passage: one })),
    ),
  )
/** Text near a link: its pieces in any order, with what an attacker would put between them. */
const near = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'refrag:',
        'REFRAG:',
        '//',
        'open',
        'run',
        '/',
        '?',
        '&',
        '=',
        'sel=chunk:',
        'run=',
        'screen=',
        '#',
      ),
      fc.constantFrom('..', '%2e%2e%2f', '%00', '%', '1,2', 'bench', 'file:///etc/passwd', ';rm', '@', ':', 'é'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))
const seed = 7

test('a link that is written is read back as it was', () => {
  fc.assert(
    fc.property(link, (given) => {
      const text = formatDeepLink(given)
      // A link of two hundred long numbers would be too long: then it is none, never half of one.
      expect(parseDeepLink(text)).toEqual(text.length > 2048 ? null : given)
    }),
    { seed },
  )
})

test('no text makes it throw, and what it accepts is made of its alphabet alone', () => {
  const harmless = /^[A-Za-z0-9_-]+$/
  fc.assert(
    fc.property(
      fc.oneof(
        near,
        fc.string(),
        near.map((text) => `refrag://open?${text}`),
      ),
      (text) => {
        const parsed = parseDeepLink(text)
        if (parsed === null) return
        for (const value of [parsed.session, parsed.screen, parsed.stage, parsed.run, parsed.colorBy, parsed.zoom]) {
          if (value !== undefined) expect(value).toMatch(harmless)
        }
        expect(parsed.passage ?? '').not.toMatch(/\p{Cc}/u)
        expect((parsed.chunks ?? []).every((at) => Number.isInteger(at) && at >= 0)).toBe(true)
        expect(parseDeepLink(formatDeepLink(parsed))).toEqual(parsed)
      },
    ),
    { seed, numRuns: 2000 },
  )
})

test('what the page writes as the link to its view is a link, and names the same', () => {
  const view = fc.record({ screen: word, stage: word, run: id }, { requiredKeys: [] })
  fc.assert(
    fc.property(view, fc.option(chunks), fc.option(passage), (seen, some, one) => {
      const chunk = some?.[0]
      const address: Address = {
        ...seen,
        ...(chunk === undefined ? {} : { chunk }),
        ...(chunk === undefined && one !== null ? { passage: one } : {}),
      }
      const link = parseDeepLink(`${linkStart}?${writeAddress(address)}`)
      const { chunk: selected, ...rest } = address
      expect(link).toEqual(selected === undefined ? rest : { ...rest, chunks: [selected] })
    }),
    { seed },
  )
})

describe('what is a link and what is none', () => {
  test.each<[string, DeepLink]>([
    ['refrag://open', {}],
    // Windows hands links on with a slash behind the host.
    ['refrag://open/?screen=bench', { screen: 'bench' }],
    ['REFRAG://OPEN?run=a1', { run: 'a1' }],
    [
      'refrag://open?session=s-1&screen=bench&run=r_2&sel=chunk:17,21&colorBy=dnll&zoom=card',
      { session: 's-1', screen: 'bench', run: 'r_2', chunks: [17, 21], colorBy: 'dnll', zoom: 'card' },
    ],
    ['refrag://open?sel=chunk%3A3', { chunks: [3] }],
    ['refrag://open?screen=bench&tomorrow=%F0%9F%99%82', { screen: 'bench' }],
  ])('%s is read', (text, expected) => {
    expect(parseDeepLink(text)).toEqual(expected)
  })

  test.each([
    'https://open?screen=bench',
    'refrag:open?screen=bench',
    'refrag://run?plan=x',
    'refrag://open/etc/passwd',
    'refrag://user@open?screen=bench',
    'refrag://open:80?screen=bench',
    'refrag://open?run=../../secret',
    'refrag://open?run=%2e%2e%2fsecret',
    'refrag://open?run=a%00',
    'refrag://open?run=',
    'refrag://open?run=a&run=b',
    'refrag://open?screen=bench#run',
    'refrag://open?sel=token:3',
    'refrag://open?sel=chunk:1,,2',
    'refrag://open?sel=chunk:-1',
    'refrag://open?sel=chunk:1e3',
    'refrag://open?sel=chunk:01',
    'refrag://open?run=%E0%A4%A',
    `refrag://open?sel=chunk:${Array.from({ length: 201 }, () => 1).join(',')}`,
    `refrag://open?more=${'x'.repeat(2048)}`,
    ' refrag://open',
    '',
  ])('%s is none', (text) => {
    expect(parseDeepLink(text)).toBeNull()
  })
})
