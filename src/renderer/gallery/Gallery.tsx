/** All parts in all their states, in one look at a time: light, dark or high contrast, comfortable or compact. */
import { useEffect, useState } from 'react'
import { Segments } from '../parts/Segments.tsx'
import { contrastSheet } from './contrast.ts'
import type { Sample } from './sample.ts'
import { samples } from './samples.ts'

const looks = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'contrast', label: 'High contrast' },
  { value: 'contrast dark', label: 'High contrast, dark' },
] as const
type Look = (typeof looks)[number]['value']

const densities = [
  { value: 'comfortable', label: 'Comfortable' },
  { value: 'compact', label: 'Compact' },
] as const

export function Gallery() {
  const [look, setLook] = useState<Look>('light')
  const [density, setDensity] = useState<(typeof densities)[number]['value']>('comfortable')
  const [find, setFind] = useState('')
  useEffect(() => {
    const { dataset, classList } = document.documentElement
    dataset['theme'] = look === 'dark' || look === 'contrast dark' ? 'dark' : 'light'
    dataset['density'] = density
    classList.toggle('contrast', look.startsWith('contrast'))
  }, [look, density])
  const shown = Object.entries(samples).filter(([name]) => name.toLowerCase().includes(find.trim().toLowerCase()))
  return (
    <div className="gallery">
      <style>{contrastSheet}</style>
      <header>
        <h1>Parts</h1>
        <Segments label="Look" value={look} options={looks} onChange={setLook} />
        <Segments label="Density" value={density} options={densities} onChange={setDensity} />
        <input
          type="search"
          aria-label="Find a part"
          placeholder="Find"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
      </header>
      <main>
        {shown.map(([name, states]) => (
          <Part key={name} name={name} states={states} />
        ))}
        {shown.length === 0 && <p className="quiet">No part is called so.</p>}
      </main>
    </div>
  )
}

function Part({ name, states }: { readonly name: string; readonly states: readonly Sample[] }) {
  return (
    <section data-part={name} aria-labelledby={`part-${name}`}>
      <h2 id={`part-${name}`}>{name}</h2>
      <div className="gallery-states">
        {states.map(({ state, show }) => (
          <figure key={state} aria-label={`${name}, ${state}`}>
            <figcaption>{state}</figcaption>
            {show()}
          </figure>
        ))}
      </div>
    </section>
  )
}
