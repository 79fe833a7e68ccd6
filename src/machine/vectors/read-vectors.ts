// SPDX-License-Identifier: MIT
/** What a processor made of one instruction: state in, and state out or the signal that it raised. */
export type InstructionVector = {
  readonly instruction: Uint8Array
  readonly input: VectorState
  /** 0, or SIGFPE 8, SIGILL 4, SIGSEGV 11: then there is no output. */
  readonly signal: number
  readonly output: (VectorState & { readonly mxcsr: number }) | undefined
}
export type VectorState = {
  /** The sixteen general registers. */
  readonly registers: BigUint64Array
  readonly rflags: number
  /** 16 × 16 bytes. */
  readonly xmm: Uint8Array
  /** 256 bytes at `vectorDataAddress`. */
  readonly data: Uint8Array
}

export const vectorMagic = 'CPUVECT1'
/** Guest address of the data area. */
export const vectorDataAddress = 0x2002_0000

/** Reads a vector file: `CPUVECT1`, then per instruction its length, the number of states, its bytes and the states. */
export function* readVectors(file: Uint8Array): Generator<InstructionVector> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  let at = vectorMagic.length
  const take = (bytes: number): Uint8Array => file.subarray(at, (at += bytes))
  const word = (): number => view.getUint32((at += 4) - 4, true)
  const quad = (): bigint => view.getBigUint64((at += 8) - 8, true)
  while (at < file.length) {
    const length = file[at]!
    const states = file[at + 1]!
    at += 2
    const instruction = take(length)
    for (let n = 0; n < states; n++) {
      const input: VectorState = {
        registers: BigUint64Array.from({ length: 16 }, quad),
        rflags: word(),
        xmm: take(256),
        data: take(256),
      }
      const signal = file[at++]!
      let output: InstructionVector['output']
      if (signal === 0) {
        const changed = word()
        const changedXmm = word()
        const rflags = word()
        const mxcsr = word()
        const registers = input.registers.slice()
        const xmm = Uint8Array.from(input.xmm)
        for (let r = 0; r < 16; r++) if ((changed & (1 << r)) !== 0) registers[r] = quad()
        for (let r = 0; r < 16; r++) if ((changedXmm & (1 << r)) !== 0) xmm.set(take(16), r * 16)
        output = { registers, rflags, mxcsr, xmm, data: (changed & 0x1_0000) === 0 ? input.data : take(256) }
      }
      yield { instruction, input, signal, output }
    }
  }
}
