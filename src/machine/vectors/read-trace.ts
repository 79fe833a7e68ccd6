// SPDX-License-Identifier: MIT
/** A record of a program's run, one instruction after the other, as a processor did it. */
export type TraceRecord =
  | {
      readonly kind: 'init'
      readonly registers: BigUint64Array
      readonly rip: bigint
      readonly rflags: number
      readonly fsBase: bigint
      readonly gsBase: bigint
      readonly mxcsr: number
    }
  /** Memory as it is from here on. */
  | { readonly kind: 'memory'; readonly address: bigint; readonly bytes: Uint8Array }
  | TraceStep
  | { readonly kind: 'exit'; readonly status: number }
  | { readonly kind: 'signal'; readonly signal: number }
  /** `rights`: 1 read, 2 write, 4 execute. */
  | {
      readonly kind: 'map'
      readonly address: bigint
      readonly length: bigint
      readonly rights: number
      readonly how: 'start' | 'mmap' | 'brk' | 'munmap' | 'mprotect'
    }

export type TraceStep = {
  readonly kind: 'step'
  readonly ripDelta: bigint
  /** What changed, with the new values. */
  readonly registers: ReadonlyMap<number, bigint>
  readonly xmm: ReadonlyMap<number, Uint8Array>
  readonly rflags: number | undefined
  readonly fsBase: bigint | undefined
  readonly gsBase: bigint | undefined
  readonly mxcsr: number | undefined
  /** The result (cpuid, rdtsc, …) was given by the tracer: a follower copies it. */
  readonly pinned: boolean
  readonly syscall: boolean
}

export const traceMagic = 'CPUTRACE'
const how = ['start', 'mmap', 'brk', 'munmap', 'mprotect'] as const

/** Reads a trace file: `CPUTRACE`, version, flags, then records that start with a tag. */
export function* readTrace(file: Uint8Array): Generator<TraceRecord> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  let at = traceMagic.length + 8
  const word = (): number => view.getUint32((at += 4) - 4, true)
  const quad = (): bigint => view.getBigUint64((at += 8) - 8, true)
  const take = (bytes: number): Uint8Array => file.subarray(at, (at += bytes))
  const leb = (): [bits: bigint, size: number] => {
    let bits = 0n
    let size = 0
    for (;;) {
      const byte = file[at++]!
      bits |= BigInt(byte & 127) << BigInt(size)
      size += 7
      if ((byte & 128) === 0) return [bits, size]
    }
  }
  const step = (): TraceStep => {
    const mask = Number(leb()[0])
    const [bits, size] = leb()
    const has = (bit: number): boolean => (mask & (1 << bit)) !== 0
    const registers = new Map<number, bigint>()
    for (let r = 0; r < 16; r++) if (has(r)) registers.set(r, quad())
    const rflags = has(16) ? word() : undefined
    const fsBase = has(17) ? quad() : undefined
    const gsBase = has(18) ? quad() : undefined
    const xmm = new Map<number, Uint8Array>()
    if (has(19)) {
      const which = view.getUint16((at += 2) - 2, true)
      for (let r = 0; r < 16; r++) if ((which & (1 << r)) !== 0) xmm.set(r, take(16))
    }
    const mxcsr = has(22) ? word() : undefined
    const ripDelta = BigInt.asIntN(size, bits)
    return {
      kind: 'step',
      ripDelta,
      registers,
      xmm,
      rflags,
      fsBase,
      gsBase,
      mxcsr,
      pinned: has(20),
      syscall: has(21),
    }
  }
  while (at < file.length) {
    const tag = file[at++]!
    switch (tag) {
      case 1:
        yield {
          kind: 'init',
          registers: BigUint64Array.from({ length: 16 }, quad),
          rip: quad(),
          rflags: Number(quad()),
          fsBase: quad(),
          gsBase: quad(),
          mxcsr: word(),
        }
        break
      case 2: {
        const address = quad()
        yield { kind: 'memory', address, bytes: take(word()) }
        break
      }
      case 3:
        yield step()
        break
      case 4:
        yield { kind: 'exit', status: word() }
        break
      case 5:
        yield { kind: 'signal', signal: word() }
        break
      case 6:
        yield { kind: 'map', address: quad(), length: quad(), rights: word(), how: how[word()]! }
        break
      default:
        throw new Error(`unknown tag ${tag} in a trace`)
    }
  }
}
