// SPDX-License-Identifier: MIT
import { Code, Mnemonic } from 'iced-x86'
import { Extended, Layout } from '../../layout.ts'
import { Vector } from '../../machine.ts'
import type { Instruction, MemoryOperand } from '../decode/instruction.ts'
import { loadExtended, saveExtended } from '../extended-state.ts'
import type { Family } from '../instructions/family.ts'
import { effectiveAddress, type Locate, locateForRead, locateForWrite } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { finish, translateRead, translateWrite } from '../translation.ts'
import { setControl } from '../x87/control.ts'
import { lastOpcode } from '../x87/last-opcode.ts'
import { Status } from '../x87/status.ts'
import { mxcsrWord } from './mxcsr.ts'

/** MXCSR and the fxsave image in memory. */
export const stateMoves: Family = [
  [Mnemonic.Ldmxcsr, loadMxcsr],
  [Mnemonic.Stmxcsr, storeMxcsr],
  [Mnemonic.Fxsave, save],
  [Mnemonic.Fxsave64, save],
  [Mnemonic.Fxrstor, restore],
  [Mnemonic.Fxrstor64, restore],
]

/** Bits of MXCSR that exist; setting others is #GP (Intel SDM 2, LDMXCSR). */
const mxcsrMask = 0xffff
/** Bytes that fxsave writes: the rest of the 512 belongs to software. */
const savedBytes = Extended.xmm + 256
const codeSegment = 0x33
const dataSegment = 0x2b

function loadMxcsr(cpu: CpuState, { operands }: Instruction): Operation {
  const from = locateForRead(cpu, operands[0]!, 4)
  const { i32, view } = cpu
  return () => {
    const s = from()
    if (s < 0) return -1
    const value = view.getInt32(s, true)
    if ((value & ~mxcsrMask) !== 0) return cpu.raise(Vector.GP, 0)
    i32[mxcsrWord] = value
    return 0
  }
}

function storeMxcsr(cpu: CpuState, { operands }: Instruction): Operation {
  const to = locateForWrite(cpu, operands[0]!, 4)
  const { i32, view } = cpu
  return () => {
    const t = to()
    if (t < 0) return -1
    view.setInt32(t, i32[mxcsrWord]!, true)
    return finish(cpu)
  }
}

/**
 * As processors of the profile's vendor do it, the pointers to the last x87 instruction are only saved and restored while an
 * exception waits (AMD APM 2 §11.4.4).
 */
function save(cpu: CpuState, { operands, code }: Instruction): Operation {
  const to = locateImage(cpu, operands[0] as MemoryOperand, true)
  const { u8 } = cpu
  const image = new Uint8Array(Extended.bytes)
  const view = new DataView(image.buffer)
  return () => {
    saveExtended(u8, image, 0)
    if (!hasPending(image)) image.fill(0, Extended.opcode, Extended.mxcsr)
    else {
      view.setUint16(Extended.opcode, lastOpcode(cpu), true)
      if (code === Code.Fxsave_m512byte) {
        view.setUint32(Extended.instructionPointer + 4, codeSegment, true)
        view.setUint32(Extended.dataPointer + 4, dataSegment, true)
      }
    }
    const t = to()
    if (t < 0) return -1
    u8.set(image.subarray(0, savedBytes), t)
    return finish(cpu)
  }
}

function restore(cpu: CpuState, { operands, code }: Instruction): Operation {
  const from = locateImage(cpu, operands[0] as MemoryOperand, false)
  const { u8, view } = cpu
  const image = new Uint8Array(Extended.bytes)
  const imageView = new DataView(image.buffer)
  return () => {
    const s = from()
    if (s < 0) return -1
    if ((view.getInt32(s + Extended.mxcsr, true) & ~mxcsrMask) !== 0) return cpu.raise(Vector.GP, 0)
    image.set(u8.subarray(s, s + savedBytes))
    const here = Layout.extended
    if (!hasPending(image))
      image.set(u8.subarray(here + Extended.opcode, here + Extended.mxcsr), Extended.opcode)
    else if (code === Code.Fxrstor_m512byte) {
      imageView.setUint32(Extended.instructionPointer + 4, 0, true)
      imageView.setUint32(Extended.dataPointer + 4, 0, true)
    }
    image.set(u8.subarray(here + savedBytes, here + Extended.bytes), savedBytes)
    loadExtended(u8, image, 0)
    setControl(cpu, imageView.getUint16(Extended.controlWord, true))
    return 0
  }
}

/** 512 bytes at a multiple of 16, else #GP, or #AC where that is checked and it is none of 4. */
function locateImage(cpu: CpuState, operand: MemoryOperand, write: boolean): Locate {
  const address = effectiveAddress(cpu, operand)
  const { i32 } = cpu
  const high = Layout.address >>> 2
  const translate = write ? translateWrite : translateRead
  return () => {
    const low = address()
    if (cpu.checksAlignment && (low & 3) !== 0) return cpu.raise(Vector.AC, 0)
    if ((low & 15) !== 0) return cpu.raise(Vector.GP, 0)
    return translate(cpu, low, i32[high]!, Extended.bytes, operand.vector)
  }
}

function hasPending(image: Uint8Array): boolean {
  return (image[Extended.statusWord]! & Status.summary) !== 0
}
