// SPDX-License-Identifier: MIT
import { undefinedFlags } from '../cpu/decode/undefined-flags.ts'
import { createMachine } from '../create-machine.ts'
import { Register } from '../machine.ts'
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
 * Follows a recorded program instruction by instruction, one verdict for each. After a difference the machine goes on from the
 * recorded state, so that one wrong instruction does not hide the next.
 */
export function* checkTrace(file: Uint8Array): Generator<Verdict> {
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
    number++
    const address = expected.rip
    const bytes = instructionBytes(space, Number(address))
    apply(expected, record)
    let wrong: string | undefined
    if (!record.pinned && !record.syscall) {
      const exit = cpu.run(1)
      cpu.save(context)
      if (exit.kind === 'missing') wrong = 'missing'
      else if (exit.kind !== 'limit') wrong = JSON.stringify({ ...exit, address: undefined })
      else if (context.registers[Register.rip] !== expected.rip)
        wrong = `rip is 0x${context.registers[Register.rip]!.toString(16)}, not 0x${expected.rip.toString(16)}`
      else wrong = firstDifference(context, expected, flagsMask & ~undefinedFlags(bytes))
    }
    // Flags that are undefined after an instruction are taken over, too: the program may save them.
    adopt()
    if (record.fsBase !== undefined) cpu.registers[Register.fsBase] = record.fsBase
    if (record.gsBase !== undefined) cpu.registers[Register.gsBase] = record.gsBase
    const text = machine.disassemble(bytes, address)?.text ?? ''
    yield { name: `step ${number} at 0x${address.toString(16)} ${text}`, wrong }
  }
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
