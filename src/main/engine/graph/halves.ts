/** Numbers of 16 bits as float32, and float32 as the nearest of 16. */

/** Every f16 number by its bits: a look-up is several times faster than working each out. */
let halves: Float32Array | null = null

/** f16 bits as float32. */
export function widenHalf(bits: Uint16Array): Float32Array {
  halves ??= new Float32Array(new Float16Array(Uint16Array.from({ length: 65_536 }, (_, i) => i).buffer))
  const out = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) out[i] = halves[bits[i] as number] as number
  return out
}

/** bf16 bits as float32: the upper half of its bits. */
export function widenBrain(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length)
  const words = new Uint32Array(out.buffer)
  for (let i = 0; i < bits.length; i++) words[i] = (bits[i] as number) << 16
  return out
}

/** float32 as the nearest f16 bits; what is too large becomes infinite. */
export function narrowHalf(values: Float32Array): Uint16Array {
  return new Uint16Array(new Float16Array(values).buffer)
}
