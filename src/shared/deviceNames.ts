/** Devices and weights by name, as plain data: settings begin with them without carrying a schema. */

/** The execution providers that onnxruntime-node can be built with, the CPU first. */
export const deviceNames = ['cpu', 'cuda', 'dml', 'coreml', 'webgpu'] as const
export type DeviceName = (typeof deviceNames)[number]

/** As they are written for people. */
export const deviceLabels: Readonly<Record<DeviceName, string>> = {
  cpu: 'CPU',
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'CoreML',
  webgpu: 'WebGPU',
}

/**
 * How the decoder is held: as it was trained, in half precision with all that it computes (for devices beside the CPU), or its
 * matrices by blocks of integers with a scale each.
 */
export const weightNames = ['f32', 'f16', 'int8', 'int4'] as const
export type WeightName = (typeof weightNames)[number]
