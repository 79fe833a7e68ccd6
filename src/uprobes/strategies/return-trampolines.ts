// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import type { HitParts } from '../hit/parts.ts'
import type { KernelProfile } from '../profile.ts'
import { breakpoint } from '../user-bkpt/instruction.ts'
import { callUretprobe } from './uretprobe-call.ts'

/** Where return-probed functions return to. */
export type ReturnTrampoline = {
  /** Lies at the start of slot 0. */
  readonly code: Uint8Array
  /** The system call that it makes, where it makes one. */
  readonly call?: { readonly number: number; readonly name: string; readonly run: UprobesCall }
}
export type UprobesCall = (parts: HitParts, task: Task) => bigint | KernelPath<bigint>

/** Profile choice `return-trampoline` (spec 06 §2). */
export const returnTrampolines: Readonly<
  Record<KernelProfile['return-trampoline'], ReturnTrampoline | undefined>
> = {
  none: undefined,
  int3: { code: Uint8Array.of(breakpoint) },
  /** push rax, rcx, r11; rax = 335; syscall; pop r11, rcx; ret; int3. */
  syscall: {
    code: Uint8Array.from([
      0x50, 0x51, 0x41, 0x53, 0x48, 0xc7, 0xc0, 0x4f, 0x01, 0x00, 0x00, 0x0f, 0x05, 0x41, 0x5b, 0x59, 0xc3,
      0xcc,
    ]),
    call: { number: 335, name: 'uretprobe', run: callUretprobe },
  },
}
