// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Extended, Layout } from '../../layout.ts'
import type { Instruction, MemoryOperand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { type Compiler, locateForRead, locateForWrite } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { finish } from '../translation.ts'
import {
  checkPending,
  control,
  controlAddress,
  dataPointer,
  instructionPointer,
  Status,
  setStatus,
  status,
  tagAddress,
  updateSummary,
} from './status.ts'

/** Control and status words. Those with n in their name do not wait for pending exceptions; their twins are `wait` and they. */
export const x87Control: Family = [
  [Mnemonic.Fninit, act(initialize)],
  [Mnemonic.Fnclex, act(clear)],
  [Mnemonic.Wait, cpu => () => checkPending(cpu)],
  // Of older coprocessors: nothing happens.
  [Mnemonic.Fneni, act(() => {})],
  [Mnemonic.Fndisi, act(() => {})],
  [Mnemonic.Fnsetpm, act(() => {})],
  [Mnemonic.Fldcw, loadControl],
  [Mnemonic.Fnstcw, storeWord(control)],
  [Mnemonic.Fnstsw, storeWord(status)],
]

/** Bits of the control word that can be set; bit 6 is always set. */
const controlMask = 0x1f3f
const controlFixed = 0x40

export function setControl(cpu: CpuState, value: number): void {
  cpu.view.setUint16(controlAddress, (value & controlMask) | controlFixed, true)
  updateSummary(cpu)
}

/** Control 0x37f, everything empty, no pointers; the registers keep their bits. */
export function initialize(cpu: CpuState): void {
  setStatus(cpu, 0)
  setControl(cpu, 0x37f)
  cpu.u8[tagAddress] = 0
  cpu.view.setUint16(Layout.extended + Extended.opcode, 0, true)
  for (const pointer of [instructionPointer, dataPointer]) cpu.i32.fill(0, pointer, pointer + 2)
}

function clear(cpu: CpuState): void {
  setStatus(cpu, status(cpu) & ~(Status.busy | Status.summary | Status.stackFault | 63))
}

function act(body: (cpu: CpuState) => void): Compiler {
  return cpu => () => {
    body(cpu)
    return 0
  }
}

function loadControl(cpu: CpuState, { operands }: Instruction): Operation {
  const from = locateForRead(cpu, operands[0] as MemoryOperand, 2)
  const { view } = cpu
  return () => {
    if (checkPending(cpu) < 0) return -1
    const s = from()
    if (s < 0) return -1
    setControl(cpu, view.getUint16(s, true))
    return 0
  }
}

/** To memory, or to ax. */
function storeWord(read: (cpu: CpuState) => number): Compiler {
  return (cpu, { operands }) => {
    const [target] = operands
    if (target === undefined) return undefined
    const to = locateForWrite(cpu, target, 2)
    const { view } = cpu
    return () => {
      const t = to()
      if (t < 0) return -1
      view.setUint16(t, read(cpu), true)
      return finish(cpu)
    }
  }
}
