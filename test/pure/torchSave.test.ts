/** The file that torch.save makes of a tensor: read back by a reader that knows nothing else, and by PyTorch where it is installed. */
import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tensorPickle } from '../../src/main/engine/expand/remote/pickle.ts'
import { torchSave } from '../../src/main/engine/expand/remote/torchSave.ts'
import { readStoredZip, torchLoad } from '../helpers/torchLoad.ts'

const values = Float32Array.from([1, -2.5, 0.1, 1e-8, 65504, -0])

test('the pickle program is the one that PyTorch 2 writes for a float tensor of 2 by 3', () => {
  expect(Buffer.from(tensorPickle('FloatStorage', [2, 3])).toString('latin1')).toBe(
    '\x80\x02ctorch._utils\n_rebuild_tensor_v2\nq\x00((X\x07\x00\x00\x00storageq\x01ctorch\nFloatStorage\nq\x02' +
      'X\x01\x00\x00\x000q\x03X\x03\x00\x00\x00cpuq\x04K\x06tq\x05QK\x00K\x02K\x03\x86q\x06K\x03K\x01\x86q\x07\x89' +
      'ccollections\nOrderedDict\nq\x08)Rq\x09tq\x0aRq\x0b.',
  )
})

test('the archive holds four stored entries, each at a multiple of 64', () => {
  const entries = readStoredZip(Buffer.from(torchSave(values, [2, 3], 'f32')))
  expect(entries.map(({ name, at }) => [name, at % 64])).toEqual([
    ['archive/data.pkl', 0],
    ['archive/byteorder', 0],
    ['archive/data/0', 0],
    ['archive/version', 0],
  ])
})

describe('numbers come back', () => {
  test('f32 to the bit', () => {
    const loaded = torchLoad(Buffer.from(torchSave(values, [2, 3], 'f32')))
    expect(loaded).toEqual({ dtype: 'f32', shape: [2, 3], values })
  })

  test('f16 and bf16 rounded to the nearest that they can hold', () => {
    const halves = torchLoad(Buffer.from(torchSave(values, [3, 2], 'f16')))
    expect(halves).toEqual({ dtype: 'f16', shape: [3, 2], values: Float32Array.from(Float16Array.from(values)) })
    // 0.1 is 0x3dcccccd: its upper half is rounded up; 1 + 2^-8 lies between two, and goes to the even one.
    const rounded = torchLoad(
      Buffer.from(torchSave(Float32Array.from([0.1, 1 + 2 ** -8, 1 + 3 * 2 ** -8]), [1, 3], 'bf16')),
    )
    expect([...rounded.values]).toEqual([0.10009765625, 1, 1 + 2 ** -6])
  })

  test('of any shape, small counts and large', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 300 }))
    fc.assert(
      fc.property(sizes, ([rows, columns]) => {
        const numbers = Float32Array.from({ length: rows * columns }, (_, at) => Math.sin(at))
        const loaded = torchLoad(Buffer.from(torchSave(numbers, [rows, columns], 'f32')))
        expect(loaded).toEqual({ dtype: 'f32', shape: [rows, columns], values: numbers })
      }),
      { numRuns: 40, seed: 7 },
    )
    // More numbers than two bytes can count.
    const many = torchSave(new Float32Array(300 * 256), [300, 256], 'f16')
    expect(torchLoad(Buffer.from(many)).shape).toEqual([300, 256])
  })
})

test('what f16 cannot hold is refused, and what the shape does not fit is a defect', () => {
  expect(() => torchSave(Float32Array.from([70_000]), [1, 1], 'f16')).toThrow(
    expect.objectContaining({ code: 'bad-input', remedy: expect.stringContaining('bf16') }),
  )
  expect(() => torchSave(values, [2, 2], 'f32')).toThrow('internal')
})

const torch = spawnSync('python3', ['-c', 'import torch']).status === 0

test.skipIf(!torch)(
  'PyTorch loads it with weights_only, as the tensor that it is',
  () => {
    const script = [
      'import base64, io, json, sys, torch',
      'for line in sys.stdin:',
      '    t = torch.load(io.BytesIO(base64.b64decode(line)), weights_only=True, map_location="cpu")',
      '    print(json.dumps([str(t.dtype), list(t.shape), t.float().tolist()]))',
    ].join('\n')
    const dtypes = ['f32', 'f16', 'bf16'] as const
    const input = dtypes.map((dtype) => Buffer.from(torchSave(values, [2, 3], dtype)).toString('base64')).join('\n')
    const { stdout, stderr, status } = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const told = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    const own = dtypes.map((dtype) => {
      const [a = 0, b = 0, c = 0, ...rest] = torchLoad(Buffer.from(torchSave(values, [2, 3], dtype))).values
      return [[a, b, c], rest]
    })
    expect(told).toEqual([
      ['torch.float32', [2, 3], own[0]],
      ['torch.float16', [2, 3], own[1]],
      ['torch.bfloat16', [2, 3], own[2]],
    ])
  },
  60_000,
)
