// SPDX-License-Identifier: MIT
import { Layout } from '../../layout.ts'
import type { MachineMemory } from '../../memory/machine-memory.ts'
import type { Instruction, Operand } from '../decode/instruction.ts'
import { bytesOf } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { checkPending } from '../x87/status.ts'
import { isMmx, locateMmx, mmxHost, writeMmx } from './registers.ts'

/**
 * How the eight bytes of each operand lie in the sixteen that a kernel of xmm registers works on, so that its low eight bytes
 * are what the instruction does to MMX registers.
 *
 * - `apart`: each in the low half of its own row; for lane by lane.
 * - `joined`: the source above the target in the row that is both; for kernels that fill the upper half from the source.
 * - `middle`: four bytes up, so that the kernel's upper half begins in the middle of them.
 * - `twice`: the target in both halves of its row; for indexes into it.
 * - `stacked`: the target above the source in the row of the source, and the other empty; for what shifts both as one.
 */
export type Arrangement = 'apart' | 'joined' | 'middle' | 'twice' | 'stacked'

const targetRow = Layout.mmx
const sourceRow = Layout.mmx + 16
const t = targetRow >>> 2
const s = sourceRow >>> 2

type Kernel = (memory: MachineMemory, target: number, source: number) => void

/** `op mm, mm/m64` by the kernel of its xmm form; operands in memory may lie anywhere. */
export function halved(
  cpu: CpuState,
  { operands }: Instruction,
  kernel: Kernel,
  arrangement: Arrangement = 'apart',
): Operation | undefined {
  const [target, source] = operands as [Operand, Operand]
  if (!isMmx(target)) return undefined
  const host = mmxHost(target.number)
  // Unpacking from memory reads four bytes only.
  const bytes = isMmx(source) ? 8 : bytesOf(source) || 8
  const from = locateMmx(cpu, source, bytes)
  const arrange = arrangements[arrangement]
  const kernelSource = arrangement === 'joined' ? targetRow : sourceRow
  const { i32, view, memory } = cpu
  return () => {
    if (checkPending(cpu) < 0) return -1
    const at = from()
    if (at < 0) return -1
    const low = view.getInt32(at, true)
    const high = bytes === 8 ? view.getInt32(at + 4, true) : 0
    i32.fill(0, t, t + 8)
    arrange(i32, i32[host >>> 2]!, i32[(host >>> 2) + 1]!, low, high)
    kernel(memory, targetRow, kernelSource)
    writeMmx(cpu, host, i32[t]!, i32[t + 1]!)
    return 0
  }
}

type Arrange = (i32: Int32Array, tLow: number, tHigh: number, sLow: number, sHigh: number) => void

const arrangements: Readonly<Record<Arrangement, Arrange>> = {
  apart: (i32, tLow, tHigh, sLow, sHigh) => {
    put(i32, t, tLow, tHigh)
    put(i32, s, sLow, sHigh)
  },
  joined: (i32, tLow, tHigh, sLow, sHigh) => {
    put(i32, t, tLow, tHigh)
    put(i32, t + 2, sLow, sHigh)
  },
  middle: (i32, tLow, tHigh, sLow, sHigh) => {
    put(i32, t + 1, tLow, tHigh)
    put(i32, s + 1, sLow, sHigh)
  },
  twice: (i32, tLow, tHigh, sLow, sHigh) => {
    put(i32, t, tLow, tHigh)
    put(i32, t + 2, tLow, tHigh)
    put(i32, s, sLow, sHigh)
  },
  stacked: (i32, tLow, tHigh, sLow, sHigh) => {
    put(i32, s, sLow, sHigh)
    put(i32, s + 2, tLow, tHigh)
  },
}

function put(i32: Int32Array, at: number, low: number, high: number): void {
  i32[at] = low
  i32[at + 1] = high
}
