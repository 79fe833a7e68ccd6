// SPDX-License-Identifier: MIT
import { undefinedFlags } from '../cpu/decode/undefined-flags.ts'
import { createMachine } from '../create-machine.ts'
import { type Context, type Exit, type Machine, Register, Vector } from '../machine.ts'
import { FlatSpace } from './flat-space.ts'
import { type InstructionVector, readVectors, vectorDataAddress } from './read-vectors.ts'
import { firstDifference, flagsMask, type Verdict } from './verdict.ts'

const codeAddress = 0x2001_0000
const signals: Record<number, number> = {
  [Vector.DE]: 8,
  [Vector.XM]: 8,
  [Vector.MF]: 8,
  [Vector.UD]: 4,
  [Vector.GP]: 11,
  [Vector.SS]: 11,
  [Vector.PF]: 11,
}

/** Runs every vector of a file on a machine of its own, one verdict for each. */
export function* checkVectors(file: Uint8Array): Generator<Verdict> {
  const machine = createMachine({ memory: 0x10_0000, cpu: 'x86-64-v2' })
  const space = new FlatSpace(machine)
  // What the recorder had mapped: bit instructions reach far from the data.
  space.map(0x2000_0000, 0x3_0000, 'rwx')
  const context = machine.newContext()
  for (const vector of readVectors(file)) yield checkVector(machine, space, context, vector)
}

function checkVector(
  machine: Machine,
  space: FlatSpace,
  context: Context,
  vector: InstructionVector,
): Verdict {
  const { cpu } = machine
  const { instruction, input } = vector
  space.write(codeAddress, instruction)
  space.write(vectorDataAddress, input.data)
  cpu.reset()
  cpu.save(context)
  context.registers.set(input.registers)
  context.registers[Register.rip] = BigInt(codeAddress)
  context.registers[Register.rflags] = BigInt(input.rflags)
  context.extended.set(input.xmm, 160)
  cpu.restore(context)
  const exit = runWhole(machine, instruction.length)
  cpu.save(context)
  const wrong = judge(vector, exit, context, space)
  const name = `${Buffer.from(instruction).toString('hex')} ${machine.disassemble(instruction, BigInt(codeAddress))?.text ?? ''}`
  return { name, wrong }
}

/** One instruction, or all iterations of a repeated one. */
function runWhole({ cpu }: Machine, length: number): Exit {
  let exit: Exit
  do exit = cpu.run(1)
  while (exit.kind === 'limit' && cpu.registers[Register.rip] === BigInt(codeAddress) && length > 0)
  return exit
}

function judge(
  vector: InstructionVector,
  exit: Exit,
  context: Context,
  space: FlatSpace,
): string | undefined {
  if (exit.kind === 'missing') return `missing: ${exit.text}`
  if (exit.kind === 'syscall') return 'a system call'
  const signal = exit.kind === 'exception' ? (signals[exit.vector] ?? -1) : 0
  if (signal !== vector.signal) return `signal ${signal}, not ${vector.signal}`
  const { output } = vector
  if (output === undefined) return undefined
  const mask = flagsMask & ~undefinedFlags(vector.instruction)
  return firstDifference(context, output, mask, space.read(vectorDataAddress, 256))
}
