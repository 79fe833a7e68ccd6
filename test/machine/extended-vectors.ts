// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { undefinedFlags } from '../../src/machine/cpu/decode/undefined-flags.ts'
import { createMachine } from '../../src/machine/create-machine.ts'
import { type Exit, Register, Vector } from '../../src/machine/machine.ts'
import { FlatSpace } from '../../src/machine/vectors/flat-space.ts'

/** One instruction with the whole state of x87 and SSE: `data/README.md` has the layout. */
type State = {
  readonly registers: BigUint64Array
  readonly rflags: number
  readonly image: Uint8Array
  readonly data: Uint8Array
}
type ExtendedVector = {
  readonly instruction: Uint8Array
  readonly input: State
  readonly signal: number
  readonly output: State
}

const codeAddress = 0x2001_0400
const dataAddress = 0x2002_0000
const imageBytes = 416
const dataBytes = 192
const stateBytes = 128 + 4 + imageBytes + dataBytes
const signals: Record<number, number> = {
  [Vector.XM]: 8,
  [Vector.MF]: 8,
  [Vector.UD]: 4,
  [Vector.GP]: 11,
}

/** How the machine differs from a recorded file, in words; `tolerance` is in units of the last place of ST(0) and ST(1). */
export function differences(file: string, tolerance = 0): { count: number; wrong: string[] } {
  const machine = createMachine({ memory: 0x10_0000, cpu: 'x86-64-v2' })
  const space = new FlatSpace(machine)
  space.map(0x2000_0000, 0x3_0000, 'rwx')
  const context = machine.newContext()
  const wrong: string[] = []
  let count = 0
  for (const vector of readVectors(file)) {
    count++
    const { instruction, input } = vector
    space.write(codeAddress, instruction)
    space.write(dataAddress, input.data)
    machine.cpu.reset()
    machine.cpu.save(context)
    context.registers.set(input.registers)
    context.registers[Register.rip] = BigInt(codeAddress)
    context.registers[Register.rflags] = BigInt(input.rflags)
    context.extended.set(input.image)
    machine.cpu.restore(context)
    const exit = machine.cpu.run(1)
    machine.cpu.save(context)
    const found = {
      registers: context.registers,
      rflags: Number(context.registers[Register.rflags]),
      image: context.extended,
      data: space.read(dataAddress, dataBytes),
    }
    const difference = judge(vector, exit, found, tolerance)
    if (difference !== undefined)
      wrong.push(
        `${machine.disassemble(instruction, 0n)?.text} (${Buffer.from(instruction).toString('hex')}): ${difference}`,
      )
  }
  return { count, wrong }
}

function* readVectors(file: string): Generator<ExtendedVector> {
  const bytes = gunzipSync(readFileSync(new URL(`data/${file}`, import.meta.url)))
  let at = 'CPUVECT2'.length
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length))
  while (at < bytes.length) {
    const instruction = take(take(1)[0]!)
    const before = take(stateBytes)
    const signal = take(1)[0]!
    const after = take(stateBytes).map((byte, n) => byte ^ before[n]!)
    yield { instruction, input: toState(before), signal, output: toState(after) }
  }
}

function toState(bytes: Uint8Array): State {
  const copy = Uint8Array.from(bytes)
  return {
    registers: new BigUint64Array(copy.buffer, 0, 16),
    rflags: new DataView(copy.buffer).getUint32(128, true),
    image: copy.subarray(132, 132 + imageBytes),
    data: copy.subarray(132 + imageBytes),
  }
}

function judge(vector: ExtendedVector, exit: Exit, found: State, tolerance: number): string | undefined {
  if (exit.kind === 'missing') return 'missing'
  const { instruction, signal, output } = vector
  const raised = exit.kind === 'exception' ? signals[exit.vector] : 0
  if (raised !== signal) return `signal ${raised}, not ${signal}`
  for (let n = 0; n < 16; n++)
    if (found.registers[n] !== output.registers[n])
      return `register ${n} is ${found.registers[n]}, not ${output.registers[n]}`
  const mask = signal === 0 ? 0xcd5 & ~undefinedFlags(instruction) : 0
  if ((found.rflags & mask) !== (output.rflags & mask)) return `rflags ${found.rflags}, not ${output.rflags}`
  return (
    differ('data', found.data, output.data, 0, dataBytes) ??
    differ('control and status', found.image, output.image, 0, 2) ??
    differ(
      'status',
      tolerance > 0 ? withoutC1(found.image) : found.image,
      withoutC1(output.image, tolerance),
      2,
      5,
    ) ??
    differ('mxcsr', found.image, output.image, 24, 28) ??
    differ('xmm', found.image, output.image, 160, imageBytes) ??
    differRegisters(found.image, output.image, tolerance)
  )
}

/** Whether a result was rounded up is only as good as its last bit. */
function withoutC1(image: Uint8Array, tolerance = 1): Uint8Array {
  return tolerance === 0 ? image : image.map((byte, n) => (n === 3 ? byte & ~2 : byte))
}

function differ(name: string, found: Uint8Array, wanted: Uint8Array, from: number, to: number) {
  const a = Buffer.from(found.subarray(from, to)).toString('hex')
  const b = Buffer.from(wanted.subarray(from, to)).toString('hex')
  return a === b ? undefined : `${name} ${a}, not ${b}`
}

function differRegisters(found: Uint8Array, wanted: Uint8Array, tolerance: number): string | undefined {
  for (let n = 0; n < 8; n++) {
    const a = registerBits(found, n)
    const b = registerBits(wanted, n)
    const distance = a > b ? a - b : b - a
    if (distance > (n < 2 ? BigInt(tolerance) : 0n))
      return `st(${n}) ${a.toString(16)}, not ${b.toString(16)}`
  }
  return undefined
}

/** Eighty bits: neighbours in value are neighbours here. */
function registerBits(image: Uint8Array, n: number): bigint {
  const view = new DataView(image.buffer, image.byteOffset + 32 + 16 * n)
  return (BigInt(view.getUint16(8, true)) << 64n) | view.getBigUint64(0, true)
}
