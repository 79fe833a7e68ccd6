// SPDX-License-Identifier: MIT
/** `jmp *0(%rip)`; its target lies behind it. */
const jump = [0xff, 0x25, 0, 0, 0, 0]
/** Bytes of the jump with its target. */
export const jumpLength = jump.length + 8

/** An instruction with an absolute jump behind it: slots are out of reach of a near one. */
export function withJumpBack(instruction: Uint8Array, target: bigint): Uint8Array {
  const code = new Uint8Array(instruction.length + jumpLength)
  code.set(instruction)
  code.set(jump, instruction.length)
  new DataView(code.buffer).setBigUint64(code.length - 8, target, true)
  return code
}
