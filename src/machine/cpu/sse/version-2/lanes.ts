// SPDX-License-Identifier: MIT
import { Code, Mnemonic } from 'iced-x86'
import { Extended, Layout } from '../../../layout.ts'
import type { Instruction, Operand } from '../../decode/instruction.ts'
import type { Family } from '../../instructions/family.ts'
import { type Compiler, locateForRead, locateForWrite } from '../../operands.ts'
import type { Operation } from '../../operation.ts'
import type { CpuState } from '../../state.ts'
import { finish } from '../../translation.ts'
import { extractWord } from '../elements.ts'
import { isXmm, type Kernel, packed, packedImmediate } from '../packed.ts'

/** SSE4.1: single lanes in and out, wider lanes, and choices between lanes. */
export const lanes: Family = [
  [Mnemonic.Pextrb, extract(1)],
  [Mnemonic.Pextrd, extract(4)],
  [Mnemonic.Pextrq, extract(8)],
  [Mnemonic.Extractps, extract(4)],
  [Mnemonic.Pinsrb, insert(1)],
  [Mnemonic.Pinsrd, insert(4)],
  [Mnemonic.Pinsrq, insert(8)],
  [Mnemonic.Insertps, insertSingle],
  [Mnemonic.Pmovsxbw, widen(1, 2, true)],
  [Mnemonic.Pmovsxbd, widen(1, 4, true)],
  [Mnemonic.Pmovsxbq, widen(1, 8, true)],
  [Mnemonic.Pmovsxwd, widen(2, 4, true)],
  [Mnemonic.Pmovsxwq, widen(2, 8, true)],
  [Mnemonic.Pmovsxdq, widen(4, 8, true)],
  [Mnemonic.Pmovzxbw, widen(1, 2, false)],
  [Mnemonic.Pmovzxbd, widen(1, 4, false)],
  [Mnemonic.Pmovzxbq, widen(1, 8, false)],
  [Mnemonic.Pmovzxwd, widen(2, 4, false)],
  [Mnemonic.Pmovzxwq, widen(2, 8, false)],
  [Mnemonic.Pmovzxdq, widen(4, 8, false)],
  [Mnemonic.Pblendvb, packed(chooseByMask(1))],
  [Mnemonic.Blendvps, packed(chooseByMask(4))],
  [Mnemonic.Blendvpd, packed(chooseByMask(8))],
  [Mnemonic.Blendps, packedImmediate((memory, t, s, control) => choose(memory, t, s, control, 4))],
  [Mnemonic.Blendpd, packedImmediate((memory, t, s, control) => choose(memory, t, s, control, 8))],
  [Mnemonic.Movntdqa, packed(({ u8 }, t, s) => void u8.copyWithin(t, s, s + 16))],
]

/** SSE and SSE2 have a pextrw of their own, to registers only. */
export const extractWords: Compiler = (cpu, instruction) => {
  const { code } = instruction
  const wide = code === Code.Pextrw_r32m16_xmm_imm8 || code === Code.Pextrw_r64m16_xmm_imm8
  return (wide ? extract(2) : extractWord)(cpu, instruction)
}

/** To memory, or to a general register, whose upper part is cleared. */
function extract(bytes: 1 | 2 | 4 | 8): Compiler {
  return (cpu, { operands }) => {
    const [target, source, immediate] = operands as [Operand, Operand, Operand]
    if (!isXmm(source) || immediate.kind !== 'immediate') return undefined
    const s = source.host + bytes * (Number(immediate.value) & (16 / bytes - 1))
    const { u8 } = cpu
    if (target.kind === 'register') {
      const t = target.host
      return () => {
        u8.fill(0, t + bytes, t + 8)
        u8.copyWithin(t, s, s + bytes)
        return 0
      }
    }
    const to = locateForWrite(cpu, target, bytes)
    return () => {
      const t = to()
      if (t < 0) return -1
      u8.copyWithin(t, s, s + bytes)
      return finish(cpu)
    }
  }
}

function insert(bytes: 1 | 4 | 8): Compiler {
  return (cpu, { operands }) => {
    const [target, source, immediate] = operands as [Operand, Operand, Operand]
    if (!isXmm(target) || immediate.kind !== 'immediate') return undefined
    const t = target.host + bytes * (Number(immediate.value) & (16 / bytes - 1))
    const from = locateForRead(cpu, source, bytes)
    const { u8 } = cpu
    return () => {
      const s = from()
      if (s < 0) return -1
      u8.copyWithin(t, s, s + bytes)
      return 0
    }
  }
}

/** A single of the source (memory has only one) to a lane, then lanes that the mask names are cleared. */
function insertSingle(cpu: CpuState, { operands }: Instruction): Operation | undefined {
  const [target, source, immediate] = operands as [Operand, Operand, Operand]
  if (!isXmm(target) || immediate.kind !== 'immediate') return undefined
  const control = Number(immediate.value & 0xffn)
  const lane = isXmm(source) ? (control >> 6) * 4 : 0
  const t = target.host
  const from = locateForRead(cpu, source, 4)
  const { view } = cpu
  return () => {
    const s = from()
    if (s < 0) return -1
    view.setInt32(t + ((control >> 4) & 3) * 4, view.getInt32(s + lane, true), true)
    for (let n = 0; n < 4; n++) if ((control & (1 << n)) !== 0) view.setInt32(t + 4 * n, 0, true)
    return 0
  }
}

/** As many lanes as fit, from memory anywhere. */
function widen(from: 1 | 2 | 4, to: 2 | 4 | 8, signed: boolean): Compiler {
  const count = 16 / to
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isXmm(target)) return undefined
    const t = target.host
    const locate = locateForRead(cpu, source, count * from)
    const { u8 } = cpu
    return () => {
      const s = locate()
      if (s < 0) return -1
      // From the last lane on: the source may be the target.
      for (let n = count - 1; n >= 0; n--) {
        const negative = signed && u8[s + n * from + from - 1]! > 127
        u8.copyWithin(t + n * to, s + n * from, s + n * from + from)
        u8.fill(negative ? 255 : 0, t + n * to + from, t + (n + 1) * to)
      }
      return 0
    }
  }
}

const mask = Layout.extended + Extended.xmm

/** The highest bits of the lanes of xmm0 choose the source. */
function chooseByMask(bytes: 1 | 4 | 8): Kernel {
  return ({ u8 }, target, source) => {
    for (let at = 0; at < 16; at += bytes)
      if (u8[mask + at + bytes - 1]! > 127) u8.copyWithin(target + at, source + at, source + at + bytes)
  }
}

function choose(
  { u8 }: Parameters<Kernel>[0],
  target: number,
  source: number,
  control: number,
  bytes: number,
) {
  for (let n = 0; n < 16 / bytes; n++)
    if ((control & (1 << n)) !== 0)
      u8.copyWithin(target + n * bytes, source + n * bytes, source + (n + 1) * bytes)
}
