/** A graph as the bytes of an ONNX model. */
import { basename } from 'node:path'
import { ops, type OpName } from './ops.ts'
import {
  message,
  toBytes,
  writeBytes,
  writeFloat,
  writeInt,
  writeMessage,
  writeText,
  type Message,
} from './protobuf.ts'
import {
  longs,
  type BoundWeights,
  type DType,
  type Graph,
  type Node,
  type Shape,
  type StoredTensor,
  type Tensor,
  type Value,
} from './value.ts'

const opset = 21
const irVersion = 10
const typeCodes: Record<DType, number> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
}
const attributeTypes = { float: 1, int: 2, text: 3 } as const
/** Attributes that ONNX keeps as floats; every other number is an int. */
const floatAttributes = new Set(['epsilon', 'alpha', 'scale'])

/** Attributes of ours that ONNX takes as further constant inputs. */
type Extra = (node: Node) => readonly (readonly number[])[]
const extras: { readonly [Name in OpName]?: Extra } = {
  Reshape: (node) => [reshapeSizes(node as Node<'Reshape'>)],
  Expand: (node) => [(node as Node<'Expand'>).attributes.shape],
  Split: (node) => [(node as Node<'Split'>).attributes.sizes],
  Slice: (node) => {
    const { start, end, axis } = (node as Node<'Slice'>).attributes
    return [[start], [end], [axis]]
  },
  ReduceSum: reductionAxes,
  ReduceMean: reductionAxes,
  ReduceMax: reductionAxes,
  ReduceSumSquare: reductionAxes,
}
/** Whether ONNX takes an attribute of ours as an input, and so not as an attribute. */
function spent(op: OpName, name: string): boolean {
  return op === 'Slice' || name === 'shape' || name === 'sizes' || name === 'axes'
}

function reductionAxes(node: Node): readonly (readonly number[])[] {
  return [(node as Node<'ReduceSum'>).attributes.axes]
}

/** ONNX's shape vector: 0 copies the input's size at that place, one -1 is worked out. */
function reshapeSizes(node: Node<'Reshape'>): readonly number[] {
  const from: Shape = node.inputs[0]?.shape ?? []
  let free = 0
  return node.attributes.shape.map((dim, i) => {
    if (typeof dim === 'number') return dim
    if (from[i] === dim) return 0
    if (free++ > 0) throw new Error(`internal: two unknown sizes in a reshape of ${node.inputs[0]?.name}`)
    return -1
  })
}

function tensorMessage(name: string, tensor: Tensor): Message {
  const out = message()
  for (const size of tensor.shape) writeInt(out, 1, size)
  writeInt(out, 2, typeCodes[tensor.dtype])
  writeText(out, 8, name)
  const { buffer, byteOffset, byteLength } = tensor.data
  writeBytes(out, 9, new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength))
  return out
}

/** A tensor whose numbers lie in a file: ONNX's external data, found in the folder that the session is opened with. */
function storedMessage(name: string, tensor: StoredTensor): Message {
  const out = message()
  for (const size of tensor.shape) writeInt(out, 1, size)
  writeInt(out, 2, typeCodes[tensor.dtype])
  writeText(out, 8, name)
  const place = { location: basename(tensor.file), offset: tensor.offset, length: tensor.bytes }
  for (const [key, value] of Object.entries(place)) {
    const entry = message()
    writeText(entry, 1, key)
    writeText(entry, 2, String(value))
    writeMessage(out, 13, entry)
  }
  writeInt(out, 14, 1)
  return out
}

function valueMessage(value: Value, name: string): Message {
  const shape = message()
  for (const dim of value.shape) {
    const size = message()
    if (typeof dim === 'number') writeInt(size, 1, dim)
    else writeText(size, 2, dim)
    writeMessage(shape, 1, size)
  }
  const tensor = message()
  writeInt(tensor, 1, typeCodes[value.dtype])
  writeMessage(tensor, 2, shape)
  const type = message()
  writeMessage(type, 1, tensor)
  const out = message()
  writeText(out, 1, name)
  writeMessage(out, 2, type)
  return out
}

function attributeMessage(name: string, value: unknown): Message {
  const out = message()
  writeText(out, 1, name)
  if (name === 'to') writeInt(out, 3, typeCodes[value as DType])
  else if (name === 'perm') for (const axis of value as readonly number[]) writeInt(out, 8, axis)
  else if (typeof value === 'string') writeText(out, 4, value)
  else if (floatAttributes.has(name)) writeFloat(out, 2, value as number)
  else writeInt(out, 3, value as number)
  const type =
    name === 'perm'
      ? 7
      : typeof value === 'string' && name !== 'to'
        ? attributeTypes.text
        : floatAttributes.has(name)
          ? attributeTypes.float
          : attributeTypes.int
  writeInt(out, 20, type)
  return out
}

function nodeMessage(node: Node, more: readonly string[]): Message {
  const out = message()
  for (const value of node.inputs) writeText(out, 1, value?.name ?? '')
  for (const name of more) writeText(out, 1, name)
  for (const value of node.outputs) writeText(out, 2, value.name)
  writeText(out, 3, node.outputs[0]?.name ?? '')
  writeText(out, 4, node.op)
  for (const [name, value] of Object.entries(node.attributes)) {
    if (!spent(node.op, name)) writeMessage(out, 5, attributeMessage(name, value))
  }
  writeText(out, 7, ops[node.op].domain)
  return out
}

const halfName = (param: Value): string => `${param.name}.half`

/** The name of the first output of a model written with a halt. */
export const haltName = 'halt'

/** An empty sequence as the first output, before every tensor: what reads the results in order is halted by it. */
function writeHalt(body: Message): void {
  const node = message()
  writeText(node, 2, haltName)
  writeText(node, 3, haltName)
  writeText(node, 4, 'SequenceEmpty')
  writeMessage(body, 1, node)
  const tensor = message()
  writeInt(tensor, 1, typeCodes.float32)
  const element = message()
  writeMessage(element, 1, tensor)
  const sequence = message()
  writeMessage(sequence, 1, element)
  const type = message()
  writeMessage(type, 4, sequence)
  const output = message()
  writeText(output, 1, haltName)
  writeMessage(output, 2, type)
  writeMessage(body, 12, output)
}

/**
 * The model's bytes. Weights given are written into the file, or referred to where they are stored; those absent become inputs of the
 * same name.
 * Throws when a weight given has another shape than the graph asks for.
 */
export function toOnnx(
  graph: Graph,
  weights: BoundWeights = new Map(),
  options: { readonly halt?: boolean } = {},
): Uint8Array {
  const body = message()
  if (options.halt) writeHalt(body)
  for (const param of graph.params) {
    const tensor = weights.get(param.name)
    if (tensor?.dtype !== 'float16' || param.dtype === 'float16') continue
    // A network in float32: what is kept in half of it is widened when the session opens.
    const half = { name: halfName(param), dtype: 'float16', shape: param.shape } as const
    const widen: Node<'Cast'> = { op: 'Cast', inputs: [half], outputs: [param], attributes: { to: 'float32' } }
    writeMessage(body, 1, nodeMessage(widen, []))
  }
  const shapeInputs = new Map<string, Tensor>()
  for (const node of graph.nodes) {
    const more = (extras[node.op]?.(node) ?? []).map((values) => {
      const name = `i_${values.join('_')}`
      shapeInputs.set(name, longs([values.length], values))
      return name
    })
    writeMessage(body, 1, nodeMessage(node, more))
  }
  for (const { name, value } of graph.outputs) {
    // Results carry their own names, so an output is a renamed copy; ONNX Runtime removes the node.
    const rename: Node<'Identity'> = { op: 'Identity', inputs: [value], outputs: [{ ...value, name }], attributes: {} }
    writeMessage(body, 1, nodeMessage(rename, []))
  }
  writeText(body, 2, graph.name)
  for (const [name, tensor] of [...graph.constants, ...shapeInputs]) writeMessage(body, 5, tensorMessage(name, tensor))
  for (const param of graph.params) {
    const tensor = weights.get(param.name)
    if (!tensor) continue
    if (tensor.shape.join() !== param.shape.join())
      throw new Error(
        `internal: weight ${param.name} is [${tensor.shape.join(', ')}], needed [${param.shape.join(', ')}]`,
      )
    const name = tensor.dtype === param.dtype ? param.name : halfName(param)
    writeMessage(body, 5, 'file' in tensor ? storedMessage(name, tensor) : tensorMessage(name, tensor))
  }
  const fed = [...graph.inputs, ...graph.params.filter((param) => !weights.has(param.name))]
  for (const value of fed) writeMessage(body, 11, valueMessage(value, value.name))
  for (const { name, value } of graph.outputs) writeMessage(body, 12, valueMessage(value, name))
  const model = message()
  writeInt(model, 1, irVersion)
  writeText(model, 2, 'refrag-workbench')
  writeMessage(model, 7, body)
  for (const [domain, version] of [
    ['', opset],
    ['com.microsoft', 1],
  ] as const) {
    const set = message()
    writeText(set, 1, domain)
    writeInt(set, 2, version)
    writeMessage(model, 8, set)
  }
  return toBytes(model)
}
