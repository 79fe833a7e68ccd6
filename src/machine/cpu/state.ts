// SPDX-License-Identifier: MIT
import { Layout, tlbWords } from '../layout.ts'
import { Register } from '../machine.ts'
import type { MachineMemory } from '../memory/machine-memory.ts'
import type { WalkablePageTable } from '../memory/page-table.ts'
import { CodeCache } from './code-cache.ts'
import { OfferedCodes } from './decode/offered.ts'

/** More than the constants of one block. */
const constantsReserve = 0x1000

export type CpuModel = 'sse2' | 'x86-64-v2'

/**
 * All that the operations of decoded instructions touch. `i32` spans the whole memory: register n is the words 2n and
 * 2n+1, low half first, and a host address is a byte offset into the same memory.
 */
export class CpuState {
  readonly memory: MachineMemory
  readonly model: CpuModel
  readonly i32: Int32Array
  readonly u8: Uint8Array
  readonly u64: BigUint64Array
  readonly view: DataView
  /** Lazy flags, see `flags.ts`. */
  readonly flags: Int32Array
  readonly readTlb: Int32Array
  readonly writeTlb: Int32Array
  readonly fetchTlb: Int32Array
  readonly code: CodeCache

  /** The current address space. */
  table: WalkablePageTable | undefined = undefined
  /** Changes whenever a page's translation for fetching may have changed: what links between blocks are checked against. */
  epoch = 1
  /** The exception that an operation has just raised. */
  faultVector = 0
  faultError = 0
  faultLow = 0
  faultHigh = 0
  /** What of an instruction is missing, where it is not the whole; for the diagnostic. */
  refusal = ''
  readonly offered: OfferedCodes
  /** How many iterations a repeated string instruction may do in one call, and how many it did. */
  budget = 1
  iterations = 0
  /** rflags.AC: a misaligned access is #AC (Linux has set CR0.AM). Set by `setAlignmentChecks`. */
  checksAlignment = false
  /** A write that crosses a page: its bytes wait in the write bounce until `finish` spreads them. 0: none does. */
  pendingBytes = 0
  pendingFirst = 0
  pendingSecond = 0

  private readonly constants = new Map<bigint, number>()
  private nextConstant = Layout.constants

  constructor(memory: MachineMemory, model: CpuModel) {
    const { buffer } = memory
    this.memory = memory
    this.model = model
    this.i32 = memory.i32
    this.u8 = memory.u8
    this.u64 = memory.u64
    this.view = memory.view
    this.flags = new Int32Array(buffer, Layout.flags, 4)
    this.readTlb = new Int32Array(buffer, Layout.readTlb, tlbWords)
    this.writeTlb = new Int32Array(buffer, Layout.writeTlb, tlbWords)
    this.fetchTlb = new Int32Array(buffer, Layout.fetchTlb, tlbWords)
    this.code = new CodeCache(this.i32)
    this.offered = new OfferedCodes(model)
  }

  /** Power-on: everything but decoded code and its constants is as new. */
  reset(): void {
    this.code.dropAll()
    this.u8.fill(0, 0, Layout.constants)
    this.table = undefined
    this.budget = 1
    this.pendingBytes = 0
    this.checksAlignment = false
    this.epoch++
  }

  /** Host address of eight bytes that hold a constant. Decoding calls it; the space is given back by `forgetConstants`. */
  constant(value: bigint): number {
    const bits = BigInt.asUintN(64, value)
    const known = this.constants.get(bits)
    if (known !== undefined) return known
    const at = this.nextConstant
    if (at >= Layout.constantsEnd) throw new Error('the constants of decoded code were not given back')
    this.u64[at >>> 3] = bits
    this.constants.set(bits, at)
    this.nextConstant += 8
    return at
  }

  /** Called between blocks: when space for constants runs low, all decoded code is forgotten with its constants. */
  forgetConstants(): void {
    if (this.nextConstant < Layout.constantsEnd - constantsReserve) return
    this.code.forget()
    this.constants.clear()
    this.nextConstant = Layout.constants
    this.epoch++
  }

  setRip(low: number, high: number): void {
    this.i32[Register.rip * 2] = low
    this.i32[Register.rip * 2 + 1] = high
  }

  /** Records an exception and returns the outcome that says so. */
  raise(vector: number, error: number, low = 0, high = 0): -1 {
    this.pendingBytes = 0
    this.faultVector = vector
    this.faultError = error
    this.faultLow = low
    this.faultHigh = high
    return -1
  }
}
