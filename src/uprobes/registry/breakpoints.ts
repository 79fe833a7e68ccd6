// SPDX-License-Identifier: MIT
import { type AddressSpace, Errno, type Kernel, type Vma } from '../../kernel/kernel.ts'
import { baseInstruction } from '../../machine/cpu/decode/base-instruction.ts'
import { analysisOptions } from '../analysis-options.ts'
import { type BugName, recordBug } from '../known-bugs.ts'
import type { KernelProfile } from '../profile.ts'
import { analyse } from '../user-bkpt/analyse.ts'
import { copyInstruction, copyText } from '../user-bkpt/copy-instruction.ts'
import { breakpoint } from '../user-bkpt/instruction.ts'
import { writeText } from '../user-bkpt/write-text.ts'
import { marksOf } from './mm-marks.ts'
import type { Optimiser } from './optimiser.ts'
import type { ReferenceCounters } from './reference-counters.ts'
import type { Uprobe } from './uprobe.ts'

/** Puts breakpoints of probes into mappings and takes them out. */
export class Breakpoints {
  readonly #kernel: Kernel
  readonly #profile: KernelProfile
  readonly #counters: ReferenceCounters
  readonly #optimiser: Optimiser

  constructor(
    kernel: Kernel,
    profile: KernelProfile,
    parts: { readonly counters: ReferenceCounters; readonly optimiser: Optimiser },
  ) {
    this.#kernel = kernel
    this.#profile = profile
    this.#counters = parts.counters
    this.#optimiser = parts.optimiser
  }

  /** install_breakpoint (spec 04 §4): 0 or the errno of the instruction or of the write. */
  install(uprobe: Uprobe, vma: Vma, address: number): number {
    // Only a probe that follows its file comes to mappings that have its breakpoint already; one bound to processes knows its places.
    const isNew = uprobe.analysis === undefined || this.#profile.lifetime !== 'file'
    const adopted = isNew && vma.mm.peek(address, 1)?.[0] === breakpoint
    if (adopted && this.#profile.instructions === '2010') return -Errno.EEXIST
    const refusal = this.#prepare(uprobe, vma.mm, address)
    if (refusal < 0) return refusal
    const marks = marksOf(vma.mm)
    const first = !marks.hasProbes
    // Before the byte is there, so that no trap of it is taken for the program's own.
    marks.hasProbes = true
    const failure = this.#write(uprobe, vma, address)
    if (failure === 0) {
      marks.recalculate = false
      if (adopted) this.#tell('B19', uprobe, vma, address)
      if (!vma.flags.execute) this.#tell('B16', uprobe, vma, address)
    }
    if (failure < 0 && first) marks.hasProbes = false
    return failure
  }

  /** Whether a place holds the probe's breakpoint, in whatever form. */
  isThere(uprobe: Uprobe, vma: Vma, address: number): boolean {
    return vma.mm.peek(address, 1)?.[0] === breakpoint || this.#optimiser.isOptimised(uprobe, vma.mm, address)
  }

  /** remove_breakpoint: 0, or the errno that makes the probe leak (bug B7). */
  remove(uprobe: Uprobe, vma: Vma, address: number): number {
    marksOf(vma.mm).recalculate = true
    const account = (): number => this.#counters.change(uprobe, vma.mm, -1)
    const failure = this.#restore(uprobe, vma, address, account)
    if (failure < 0) this.#tell('B7', uprobe, vma, address)
    return failure
  }

  #restore(uprobe: Uprobe, vma: Vma, address: number, account: () => number): number {
    if (this.#optimiser.isOptimised(uprobe, vma.mm, address)) {
      const failure = this.#optimiser.restore(uprobe, vma, address)
      if (failure < 0) return failure
    }
    // A breakpoint that nobody here could have written has no instruction to go back to.
    if (!uprobe.analysis) return 0
    return writeText(this.#kernel.machine.memory, vma, address, {
      bytes: uprobe.analysis.original.subarray(0, 1),
      registering: false,
      expect: current => current[0] === breakpoint,
      account,
    })
  }

  #tell(bug: BugName, uprobe: Uprobe, { mm }: Vma, address: number): void {
    const [task] = mm.users
    recordBug(this.#kernel, bug, { ...(task && { task }), probe: uprobe.name, ip: BigInt(address) })
  }

  /**
   * prepare_uprobe: reads and judges the instruction once; a failure is tried again the next time (spec 02 §2). The text that one process has
   * at one address may be another one each time (spec 08 §3).
   */
  #prepare(uprobe: Uprobe, mm: AddressSpace, address: number): number {
    if (uprobe.analysis && !uprobe.site) return 0
    const { machine } = this.#kernel
    const original = uprobe.site
      ? copyText(mm, address)
      : copyInstruction(machine.memory, uprobe.inode, uprobe.offset)
    if (typeof original === 'number') return original
    const analysis = analyse(original, {
      mode: 64,
      address: BigInt(address),
      ...analysisOptions(this.#profile),
      isVector: bytes => machine.disassemble(bytes, BigInt(address)) !== undefined,
      isBase: bytes => baseInstruction(bytes, BigInt(address)) !== undefined,
    })
    if (typeof analysis === 'number') return analysis
    uprobe.analysis = analysis
    return 0
  }

  #write(uprobe: Uprobe, vma: Vma, address: number): number {
    // Once a call could not be made of it anywhere, nobody looks whether it is one here, and the first byte of the call is written over. What
    // is behind it stays when the probe goes.
    if (!uprobe.optimisationFailed && this.#optimiser.isOptimised(uprobe, vma.mm, address)) return 0
    return writeText(this.#kernel.machine.memory, vma, address, {
      bytes: Uint8Array.of(breakpoint),
      registering: true,
      // A breakpoint that a debugger or the program has put there is adopted, and not counted (spec 04 §5.3).
      expect: current => current[0] !== breakpoint,
      account: () => this.#counters.change(uprobe, vma.mm, 1),
    })
  }
}
