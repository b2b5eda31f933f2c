/** Colours of values, made in OKLab so that equal steps of a value are equal steps to the eye, in light and in dark. */

/** A fill and the ink that is read on it. */
export type Paint = { readonly fill: string; readonly ink: string }
export type Paints = { readonly light: Paint; readonly dark: Paint }

/** The hues of the house: teal, and amber across from it for those who see red and green alike. */
const teal = 190
const amber = 62

/** Few to much, t from 0 to 1: pale to deep on white, deep to bright on black. */
export function sequential(t: number): Paints {
  const at = clamp(t, 0, 1)
  const chroma = 0.015 + 0.07 * at
  return { light: paint(0.96 - 0.5 * at, chroma, teal), dark: paint(0.28 + 0.54 * at, chroma, teal) }
}

/** Worse to better around nothing, d from -1 to 1: amber, grey, teal. */
export function diverging(d: number): Paints {
  const at = clamp(d, -1, 1)
  const [size, hue] = [Math.abs(at), at < 0 ? amber : teal]
  const chroma = 0.004 + 0.096 * size
  return { light: paint(0.95 - 0.4 * size, chroma, hue), dark: paint(0.28 + 0.46 * size, chroma, hue) }
}

/** As a style that follows the theme. */
export function styleOf({ light, dark }: Paints): { readonly background: string; readonly color: string } {
  return {
    background: `light-dark(${light.fill}, ${dark.fill})`,
    color: `light-dark(${light.ink}, ${dark.ink})`,
  }
}

function paint(lightness: number, chroma: number, hue: number): Paint {
  const rgb = toRgb(lightness, chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180))
  const bright = luminance(rgb)
  // The one of black and white that stands out more: its contrast is at least 4.58.
  return { fill: hex(rgb), ink: (bright + 0.05) / 0.05 > 1.05 / (bright + 0.05) ? '#000000' : '#ffffff' }
}

type Rgb = readonly [number, number, number]

/** OKLab to linear sRGB (Ottosson 2020), clipped to what a screen shows. */
function toRgb(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    clamp(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, 0, 1),
    clamp(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s, 0, 1),
    clamp(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s, 0, 1),
  ]
}

function luminance([r, g, b]: Rgb): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function hex(rgb: Rgb): string {
  const channel = (linear: number): string => {
    const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0')
  }
  return `#${rgb.map(channel).join('')}`
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
