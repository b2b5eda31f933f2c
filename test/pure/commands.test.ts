/** The table of commands: one command a key in any scope, every key spelt as it is heard, and a menu that says nothing else. */
import { describe, expect, test } from 'vitest'
import { chordOf, isSingle, showChord, toAccelerator, type Pressed } from '../../src/shared/chord.ts'
import { around, commandIds, isCommandId, moves, rowOf, scopes, type Scope } from '../../src/shared/commandTable.ts'
import { readAddress, writeAddress } from '../../src/shared/address.ts'
import { menuTable } from '../../src/main/menuTable.ts'

const press = (key: string, marks: Partial<Pressed> = {}): string =>
  chordOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...marks })

describe('chords', () => {
  test('are spelt the same however they are pressed', () => {
    expect([
      press('k', { ctrlKey: true }),
      press('K', { metaKey: true, shiftKey: true }),
      press('?', { shiftKey: true }),
      press('/', { ctrlKey: true }),
      press('ArrowLeft', { altKey: true }),
      press(' '),
      press('Enter', { ctrlKey: true, shiftKey: true }),
      press('j'),
      press('J', { shiftKey: true }),
      press('Delete'),
    ]).toEqual([
      'Ctrl+K',
      'Ctrl+Shift+K',
      '?',
      'Ctrl+/',
      'Alt+ArrowLeft',
      'Space',
      'Ctrl+Shift+Enter',
      'J',
      'Shift+J',
      'Del',
    ])
  })

  test('are shown, and given to a menu, in the words of each', () => {
    expect([showChord('Alt+ArrowLeft'), showChord('Ctrl+Shift+Z', true)]).toEqual(['Alt+←', '⌘⇧Z'])
    expect([toAccelerator('Ctrl+,'), toAccelerator('Alt+ArrowLeft')]).toEqual(['CmdOrCtrl+,', 'Alt+Left'])
  })

  test('single ones are letters and signs alone', () => {
    expect(['?', 'J', 'Shift+J', '['].map(isSingle)).toEqual([true, true, true, true])
    expect(['Ctrl+K', 'F1', 'Space', 'Del', 'ArrowUp', 'Enter'].some(isSingle)).toBe(false)
  })
})

describe('the table', () => {
  const heard = [...commandIds.map(rowOf), ...moves].flatMap(({ words, keys = [], scope }) =>
    keys.map((key) => ({ words, key, scope })),
  )

  test('no two commands share keys where both are heard', () => {
    const clashes = (Object.keys(scopes) as Scope[]).flatMap((scope) => {
      const here = heard.filter((line) => around(scope).includes(line.scope))
      return here.flatMap((a, at) =>
        here.slice(at + 1).flatMap((b) => (a.key === b.key ? [`${scope}: ${a.key} is ${a.words} and ${b.words}`] : [])),
      )
    })
    expect(clashes).toEqual([])
  })

  test('every key is spelt as it is heard', () => {
    const marks = { Ctrl: 'ctrlKey', Alt: 'altKey', Shift: 'shiftKey' } as const
    const keys: Readonly<Record<string, string>> = { Space: ' ', Esc: 'Escape', Del: 'Delete' }
    const asHeard = heard
      .flatMap(({ key }) => (key.includes(' ') ? key.split(' ') : [key]))
      .map((chord) => {
        const parts = chord.split('+')
        const name = parts.at(-1) ?? ''
        const given = parts.slice(0, -1).map((part) => [marks[part as keyof typeof marks], true])
        return [chord, press(keys[name] ?? name, Object.fromEntries(given) as Partial<Pressed>)]
      })
    expect(asHeard.filter(([chord, again]) => chord !== again)).toEqual([])
    expect(asHeard.length).toBeGreaterThan(40)
  })

  test('no two commands are called the same', () => {
    const words = commandIds.map((id) => rowOf(id).words)
    expect(words.filter((each, at) => words.indexOf(each) !== at)).toEqual([])
  })
})

describe('the menu', () => {
  const items = menuTable.flatMap((group) => group.items)

  test('holds commands of the table alone, with their words and one of their keys', () => {
    expect(items.length).toBeGreaterThan(15)
    for (const { command, label, accelerator } of items) {
      expect(isCommandId(command)).toBe(true)
      const { words, keys = [] } = rowOf(command)
      expect(label).toBe(words)
      expect([undefined, ...keys.map(toAccelerator)]).toContain(accelerator)
    }
    expect(items.find(({ command }) => command === 'ask')?.accelerator).toBe('CmdOrCtrl+Enter')
    expect(items.find(({ command }) => command === 'help')?.accelerator).toBe('CmdOrCtrl+/')
    expect(items.find(({ command }) => command === 'cancel')?.accelerator).toBeUndefined()
  })
})

describe('addresses', () => {
  test('are read as they were written, and as the system gives them', () => {
    const address = { screen: 'bench', stage: 'sense', run: 'a b&c', chunk: 17 }
    expect(writeAddress(address)).toBe('screen=bench&stage=sense&run=a%20b%26c&sel=chunk:17')
    expect(readAddress(`#${writeAddress(address)}`)).toEqual({ address, problems: [] })
    expect(readAddress(`refrag://open?${writeAddress(address)}`).address).toEqual(address)
    expect(readAddress('refrag://open/?screen=runs').address).toEqual({ screen: 'runs' })
    expect(readAddress(writeAddress({ screen: 'bench', passage: 'doc:4' })).address).toEqual({
      screen: 'bench',
      passage: 'doc:4',
    })
  })

  test('name what cannot be read, and leave fields of later versions alone', () => {
    expect(readAddress('screen=bench&sel=token:4&zoom=card')).toEqual({
      address: { screen: 'bench' },
      problems: ['Its selection “token:4” is neither chunk:N nor passage:ID.'],
    })
    expect(readAddress('sel=chunk:17,21').address).toEqual({ chunk: 17 })
    expect(readAddress('sel=chunk:-1').problems).toHaveLength(1)
    expect(readAddress(`run=${'x'.repeat(300)}`).problems).toEqual(['Its run is too long.'])
    expect(readAddress('')).toEqual({ address: {}, problems: [] })
  })
})
