// SPDX-License-Identifier: MIT
import { savingCode } from './saving-code.ts'

/** What takes the place of a nop, and the trampoline that fits it. */
export type CallForm = {
  /** Stands before the call, whose distance is the last four bytes. */
  readonly before: Uint8Array
  /** Bytes of the nop. */
  readonly length: number
  /** Bytes below the stack pointer that are stepped over before anything is pushed. */
  readonly spared: number
  readonly trampoline: Uint8Array
}

export const callOpcode = 0xe8
/** Bytes of a near call. */
export const callLength = 5
const redZone = 0x80

/** Profile choice `optimize`: the forms that there are. */
export const callForms = {
  /** The call alone: what it and the trampoline push lies in the red zone (spec 10 B4). */
  nop5: { before: new Uint8Array(), length: callLength, spared: 0, trampoline: savingCode([0xc3]) },
  /**
   * `lea -0x80(%rsp), %rsp` and the call; the trampoline returns with `ret 0x80`. A nop that keeps the call as its last five bytes is
   * still that nop, so these are never taken back: a thread may stand between the two instructions.
   */
  nop10: {
    before: Uint8Array.of(0x48, 0x8d, 0x64, 0x24, 0x80),
    length: 10,
    spared: redZone,
    trampoline: savingCode([0xc2, redZone, 0x00]),
  },
} as const satisfies Record<string, CallForm>
