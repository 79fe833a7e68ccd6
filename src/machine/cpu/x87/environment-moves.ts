// SPDX-License-Identifier: MIT
import { Code, Mnemonic } from 'iced-x86'
import type { MemoryOperand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { type Compiler, locateForRead, locateForWrite } from '../operands.ts'
import type { CpuState } from '../state.ts'
import { finish } from '../translation.ts'
import { initialize, setControl } from './control.ts'
import { lastOpcode } from './last-opcode.ts'
import { hostOf } from './registers.ts'
import {
  checkPending,
  control,
  dataPointer,
  instructionPointer,
  setStatus,
  status,
  updateSummary,
} from './status.ts'
import { fullTags, setTags } from './tags.ts'

/** The environment (control, status and tag words, pointers) and the whole state in memory (Intel SDM 1 §8.1.10). */
export const x87EnvironmentMoves: Family = [
  [Mnemonic.Fnstenv, storeState(false)],
  [Mnemonic.Fnsave, storeState(true)],
  [Mnemonic.Fldenv, loadState(false)],
  [Mnemonic.Frstor, loadState(true)],
]

const registerBytes = 10
/** With an operand size prefix, fields have two bytes instead of four. */
const narrowCodes = new Set<Code>([
  Code.Fnstenv_m14byte,
  Code.Fldenv_m14byte,
  Code.Fnsave_m94byte,
  Code.Frstor_m94byte,
])
/** Selectors of 64-bit user code and data. */
const codeSegment = 0x33
const dataSegment = 0x2b

function storeState(whole: boolean): Compiler {
  return (cpu, { operands, code }) => {
    const field = narrowCodes.has(code) ? 2 : 4
    const bytes = 7 * field + (whole ? 8 * registerBytes : 0)
    const to = locateForWrite(cpu, operands[0] as MemoryOperand, bytes)
    return () => {
      const opcode = lastOpcode(cpu)
      const t = to()
      if (t < 0) return -1
      writeEnvironment(cpu, t, field, opcode)
      if (whole) {
        for (let n = 0; n < 8; n++) {
          const from = hostOf(cpu, n)
          cpu.u8.copyWithin(t + 7 * field + n * registerBytes, from, from + registerBytes)
        }
        initialize(cpu)
      } else {
        // All exceptions are masked from here on.
        setControl(cpu, control(cpu) | 63)
      }
      return finish(cpu)
    }
  }
}

function writeEnvironment(cpu: CpuState, at: number, field: 2 | 4, opcode: number): void {
  const { view, i32 } = cpu
  const instruction = i32[instructionPointer]!
  const data = i32[dataPointer]!
  const hasInstruction = (instruction | i32[instructionPointer + 1]!) !== 0
  const hasData = (data | i32[dataPointer + 1]!) !== 0
  const cs = hasInstruction ? codeSegment : 0
  const ds = hasData ? dataSegment : 0
  const words = [control(cpu), status(cpu), fullTags(cpu)]
  if (field === 2) {
    for (const [n, word] of [...words, instruction, cs, data, ds].entries())
      view.setUint16(at + 2 * n, word, true)
    return
  }
  // The upper halves of words are ones.
  for (const [n, word] of words.entries()) view.setUint32(at + 4 * n, word | 0xffff_0000, true)
  view.setInt32(at + 12, instruction, true)
  view.setUint32(at + 16, cs | (opcode << 16), true)
  view.setInt32(at + 20, data, true)
  view.setUint32(at + 24, ds | 0xffff_0000, true)
}

function loadState(whole: boolean): Compiler {
  return (cpu, { operands, code }) => {
    const field = narrowCodes.has(code) ? 2 : 4
    const bytes = 7 * field + (whole ? 8 * registerBytes : 0)
    const from = locateForRead(cpu, operands[0] as MemoryOperand, bytes)
    const { view, i32, u8 } = cpu
    return () => {
      if (checkPending(cpu) < 0) return -1
      const s = from()
      if (s < 0) return -1
      setStatus(cpu, view.getUint16(s + field, true))
      setControl(cpu, view.getUint16(s, true))
      setTags(cpu, view.getUint16(s + 2 * field, true))
      i32[instructionPointer] = field === 2 ? view.getUint16(s + 6, true) : view.getInt32(s + 12, true)
      i32[instructionPointer + 1] = 0
      i32[dataPointer] = field === 2 ? view.getUint16(s + 10, true) : view.getInt32(s + 20, true)
      i32[dataPointer + 1] = 0
      if (whole)
        for (let n = 0; n < 8; n++) {
          const at = s + 7 * field + n * registerBytes
          u8.copyWithin(hostOf(cpu, n), at, at + registerBytes)
        }
      updateSummary(cpu)
      return 0
    }
  }
}
