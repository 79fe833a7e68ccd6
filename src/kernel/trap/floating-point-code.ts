// SPDX-License-Identifier: MIT
import { Vector } from '../../machine/machine.ts'

const Code = { INTDIV: 1, FLTDIV: 3, FLTOVF: 4, FLTUND: 5, FLTRES: 6, FLTINV: 7 } as const

/** si_code of SIGFPE from the unmasked exceptions in an fxsave image (fpu__exception_code); 0 when there is none. */
export function floatingPointCode(image: Uint8Array, vector: number): number {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength)
  const mxcsr = view.getUint32(24, true)
  const pending =
    vector === Vector.MF ? view.getUint16(2, true) & ~view.getUint16(0, true) : mxcsr & ~(mxcsr >> 7)
  if ((pending & 1) !== 0) return Code.FLTINV
  if ((pending & 4) !== 0) return Code.FLTDIV
  if ((pending & 8) !== 0) return Code.FLTOVF
  if ((pending & 0x12) !== 0) return Code.FLTUND
  return (pending & 0x20) !== 0 ? Code.FLTRES : 0
}
