// SPDX-License-Identifier: MIT
/**
 * push rcx, r11, rax; rax = 336; syscall; pop rax, r11, rcx; and what returns; int3 (spec 03 §6). On the stack behind them: the address
 * after the call.
 */
export function savingCode(end: readonly number[]): Uint8Array {
  return Uint8Array.from([
    0x51,
    0x41,
    0x53,
    0x50,
    ...[0x48, 0xc7, 0xc0, 0x50, 0x01, 0x00, 0x00],
    0x0f,
    0x05,
    0x58,
    0x41,
    0x5b,
    0x59,
    ...end,
    0xcc,
  ])
}
