// SPDX-License-Identifier: MIT
import { type Context, Register, type RegisterName } from '../machine.ts'

/** What became of one recorded instruction: `wrong` says what differed first. */
export type Verdict = { readonly name: string; readonly wrong: string | undefined }

/** Flags that programs can see: CF PF AF ZF SF DF OF. */
export const flagsMask = 0xcd5

export type Expected = {
  readonly registers: BigUint64Array
  readonly rflags: number
  readonly xmm: Uint8Array
  readonly mxcsr: number
  readonly data?: Uint8Array
}

/** The first register, flag, xmm register or byte of `data` that differs, in words. */
export function firstDifference(
  context: Context,
  expected: Expected,
  mask: number,
  data?: Uint8Array,
): string | undefined {
  for (let r = 0; r < 16; r++)
    if (context.registers[r] !== expected.registers[r])
      return differ(nameOf(r), context.registers[r]!, expected.registers[r]!)
  const rflags = Number(context.registers[Register.rflags]) & mask
  if (rflags !== (expected.rflags & mask)) return differ('rflags', rflags, expected.rflags & mask)
  for (let n = 0; n < 16; n++) {
    const found = hex(context.extended.subarray(160 + 16 * n, 176 + 16 * n))
    const wanted = hex(expected.xmm.subarray(16 * n, 16 * n + 16))
    if (found !== wanted) return `xmm${n} is ${found}, not ${wanted}`
  }
  const mxcsr = new DataView(context.extended.buffer, context.extended.byteOffset).getUint32(24, true)
  if (mxcsr !== expected.mxcsr) return differ('mxcsr', mxcsr, expected.mxcsr)
  if (data === undefined || expected.data === undefined) return undefined
  const at = data.findIndex((byte, n) => byte !== expected.data![n])
  return at < 0 ? undefined : `byte ${at} of the data is ${data[at]}, not ${expected.data[at]}`
}

function differ(name: string, found: bigint | number, wanted: bigint | number): string {
  return `${name} is 0x${found.toString(16)}, not 0x${wanted.toString(16)}`
}

function nameOf(register: number): string {
  return (Object.keys(Register) as RegisterName[])[register]!
}

/** An xmm register as a number: highest byte first. */
function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).reverse().toString('hex')
}
