// SPDX-License-Identifier: MIT
import { type Exit, Register } from '../machine.ts'
import type { Block } from './block.ts'
import { disassemble } from './decode/disassemble.ts'
import type { CpuState } from './state.ts'

/** The exit for an instruction of a block that the machine does not have; rip stands at it. */
export function describeMissing(state: CpuState, block: Block, index: number): Exit {
  const address = state.u64[Register.rip]!
  const length = block.starts[index + 1]! - block.starts[index]!
  const offset = block.offset + block.starts[index]!
  const bytes = new Uint8Array(length)
  for (let n = 0; n < length; n++) {
    const inPage = offset + n < 4096
    const frame = inPage ? block.page.frame : block.secondFrame
    bytes[n] = state.u8[frame * 4096 + ((offset + n) % 4096)]!
  }
  const text = disassemble(bytes, address)?.text ?? '(unknown)'
  const { refusal } = state
  state.refusal = ''
  return { kind: 'missing', address, bytes, text: refusal === '' ? text : `${text} ${refusal}` }
}
