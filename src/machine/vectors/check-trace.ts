// SPDX-License-Identifier: MIT
import { undefinedFlags } from '../cpu/decode/undefined-flags.ts'
import { createMachine } from '../create-machine.ts'
import { type Context, type Exit, Register } from '../machine.ts'
import { FlatSpace } from './flat-space.ts'
import { readTrace, type TraceRecord, type TraceStep } from './read-trace.ts'
import { firstDifference, flagsMask, type Verdict } from './verdict.ts'

type Mutable = {
  registers: BigUint64Array
  rip: bigint
  rflags: number
  xmm: Uint8Array
  mxcsr: number
}

/**
 * Follows a recorded program, `stride` instructions at a time, one verdict for each stride. After a difference the machine goes
 * on from the recorded state, so that one wrong instruction does not hide the next. Flags are compared with a stride of 1:
 * what is undefined after an instruction is not known a few later.
 */
export function* checkTrace(file: Uint8Array, stride = 1): Generator<Verdict> {
  const machine = createMachine({ memory: 0x400_0000 })
  const { cpu } = machine
  const space = new FlatSpace(machine)
  const context = machine.newContext()
  const expected: Mutable = {
    registers: new BigUint64Array(16),
    rip: 0n,
    rflags: 0,
    xmm: new Uint8Array(256),
    mxcsr: 0x1f80,
  }
  let number = 0
  /** Recorded instructions that the machine has not done yet, and where the last of them is. */
  let waiting = 0
  let address = 0n

  /** Puts the recorded state into the machine; x87 registers, which are not recorded, stay. */
  const adopt = (): void => {
    cpu.save(context)
    context.registers.set(expected.registers)
    context.registers[Register.rip] = expected.rip
    context.registers[Register.rflags] = BigInt(expected.rflags)
    context.extended.set(expected.xmm, 160)
    new DataView(context.extended.buffer).setUint32(24, expected.mxcsr, true)
    cpu.restore(context)
  }

  const catchUp = (): Verdict => {
    const bytes = instructionBytes(space, Number(address))
    const exit = cpu.run(waiting)
    waiting = 0
    cpu.save(context)
    const mask = stride === 1 ? flagsMask & ~undefinedFlags(bytes) : 0
    const wrong =
      describeExit(exit) ?? wrongRip(context, expected) ?? firstDifference(context, expected, mask)
    // Flags that are undefined after an instruction are taken over, too: the program may save them.
    if (stride === 1 || wrong !== undefined) adopt()
    const text = machine.disassemble(bytes, address)?.text ?? ''
    return { name: `step ${number} at 0x${address.toString(16)} ${text}`, wrong }
  }

  for (const record of readTrace(file)) {
    if (record.kind !== 'step') {
      applyToSpace(space, record)
      if (record.kind === 'init') {
        Object.assign(expected, { rip: record.rip, rflags: record.rflags, mxcsr: record.mxcsr })
        expected.registers.set(record.registers)
        cpu.reset()
        adopt()
        cpu.registers[Register.fsBase] = record.fsBase
        cpu.registers[Register.gsBase] = record.gsBase
      }
      continue
    }
    const given = record.pinned || record.syscall
    if (given && waiting > 0) yield catchUp()
    number++
    address = expected.rip
    apply(expected, record)
    if (!given) {
      waiting++
      if (waiting === stride) yield catchUp()
      continue
    }
    adopt()
    if (record.fsBase !== undefined) cpu.registers[Register.fsBase] = record.fsBase
    if (record.gsBase !== undefined) cpu.registers[Register.gsBase] = record.gsBase
  }
  if (waiting > 0) yield catchUp()
}

function describeExit(exit: Exit): string | undefined {
  if (exit.kind === 'limit') return undefined
  return exit.kind === 'exception' ? `exception ${exit.vector}` : exit.kind
}

function wrongRip({ registers }: Context, { rip }: Mutable): string | undefined {
  const found = registers[Register.rip]!
  return found === rip ? undefined : `rip is 0x${found.toString(16)}, not 0x${rip.toString(16)}`
}

function apply(expected: Mutable, step: TraceStep): void {
  for (const [register, value] of step.registers) expected.registers[register] = value
  for (const [register, value] of step.xmm) expected.xmm.set(value, register * 16)
  expected.rip = BigInt.asUintN(64, expected.rip + step.ripDelta)
  expected.rflags = step.rflags ?? expected.rflags
  expected.mxcsr = step.mxcsr ?? expected.mxcsr
}

function applyToSpace(space: FlatSpace, record: TraceRecord): void {
  if (record.kind === 'memory') space.write(Number(record.address), record.bytes)
  if (record.kind !== 'map') return
  const rights = `${record.rights & 1 ? 'r' : ''}${record.rights & 2 ? 'w' : ''}${record.rights & 4 ? 'x' : ''}`
  const address = Number(record.address)
  const length = Number(record.length)
  if (record.how === 'munmap') space.unmap(address, length)
  else if (record.how === 'mprotect') space.protect(address, length, rights)
  else space.map(address, length, rights)
}

/** Up to 15 bytes; fewer where the mapping ends. */
function instructionBytes(space: FlatSpace, address: number): Uint8Array {
  const inPage = Math.min(15, 4096 - (address % 4096))
  const next = space.table.get(Math.floor((address + 15) / 4096)) === undefined ? inPage : 15
  return space.read(address, next)
}
