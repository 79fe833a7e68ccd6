// SPDX-License-Identifier: MIT
import { Layout } from '../layout.ts'
import { type Context, type Cpu, type Exit, type PageTable, Register, registerCount } from '../machine.ts'
import type { WalkablePageTable } from '../memory/page-table.ts'
import type { Block } from './block.ts'
import { CodeFinder } from './code-finder.ts'
import { disassemble } from './decode/disassemble.ts'
import { describeMissing } from './describe-missing.ts'
import { debugExit, faultExit, limitExit, syscallExit } from './exits.ts'
import { loadExtended, resetExtended, saveExtended } from './extended-state.ts'
import { interpret } from './interpret.ts'
import { exportFlags, importFlags } from './rflags.ts'
import type { CpuState } from './state.ts'
import { flushTlbs, setAlignmentChecks } from './translation.ts'

const rip = Register.rip * 2
const rflags = Register.rflags * 2
const trapFlag = 0x100
const alignmentFlag = 0x4_0000
/** Counters of the inner loop stay small integers. */
const mostAtOnce = 2 ** 30

/** The loop that runs decoded blocks, exact to the instruction. */
export class Processor implements Cpu {
  readonly registers: BigUint64Array
  retired = 0
  private readonly state: CpuState
  private readonly finder: CodeFinder
  /** Where the last run stopped inside of a block, so that single steps need not look it up. */
  private block: Block | undefined = undefined
  private index = 0
  private epoch = 0

  constructor(state: CpuState) {
    this.state = state
    this.registers = new BigUint64Array(state.memory.buffer, Layout.registers, registerCount)
    this.finder = new CodeFinder(state)
    flushTlbs(state)
    this.reset()
  }

  use(table: PageTable): void {
    if (this.state.table === table) return
    this.state.table = table as WalkablePageTable
    flushTlbs(this.state)
  }

  reset(): void {
    this.registers.fill(0n)
    this.registers[Register.rflags] = 0x202n
    resetExtended(this.state.u8, this.state.view)
    this.block = undefined
  }

  save(context: Context): void {
    context.registers.set(this.registers)
    saveExtended(this.state.u8, context.extended, 0)
  }

  restore(context: Context): void {
    this.registers.set(context.registers)
    loadExtended(this.state.u8, context.extended, 0)
  }

  run(limit: number): Exit {
    if (limit <= 0) return limitExit
    importFlags(this.state)
    this.checkAlignment()
    const exit = (this.state.i32[rflags]! & trapFlag) === 0 ? this.executeAll(limit) : this.trapped()
    exportFlags(this.state)
    return exit
  }

  interpret(bytes: Uint8Array): Exit {
    importFlags(this.state)
    this.checkAlignment()
    const outcome = interpret(this.state, bytes)
    exportFlags(this.state)
    switch (outcome) {
      case 'done':
        return limitExit
      case 'syscall':
        return syscallExit
      case 'raised':
        return faultExit(this.state)
      case 'missing': {
        const address = this.registers[Register.rip]!
        return { kind: 'missing', address, bytes, text: disassemble(bytes, address)?.text ?? '(unknown)' }
      }
    }
  }

  private executeAll(limit: number): Exit {
    let left = limit
    for (;;) {
      const part = Math.min(left, mostAtOnce)
      const exit = this.execute(part)
      left -= part
      if (left === 0 || exit.kind !== 'limit') return exit
    }
  }

  private checkAlignment(): void {
    setAlignmentChecks(this.state, (this.state.i32[rflags]! & alignmentFlag) !== 0)
  }

  /** One instruction with TF set: #DB follows it. */
  private trapped(): Exit {
    const exit = this.execute(1)
    if (exit.kind !== 'limit') return exit
    return debugExit
  }

  private execute(limit: number): Exit {
    const { state, finder } = this
    const { i32 } = state
    let remaining = limit
    let from: Block | undefined
    let block = this.resume() ?? this.enter()
    if (block === undefined) return faultExit(this.state)
    let index = this.index

    for (;;) {
      const { count } = block
      let at = index
      let code = 0
      if (index === 0 && count <= remaining) {
        const operations = block.fast
        do code = operations[at++]!()
        while (code === 0)
      } else {
        const { operations } = block
        const end = Math.min(operations.length, index + remaining)
        while (at < end && (code = operations[at++]!()) === 0);
        if (code === 0) {
          this.retired += limit
          return this.stopInside(block, at)
        }
      }

      if (code === 1 || code === 2 || code === 7) {
        remaining -= count - index
        if (remaining === 0) {
          this.retired += limit
          if (code === 1) state.setRip(block.targetLow, block.targetHigh)
          else this.setRipInside(block, count)
          return limitExit
        }
        from = block
        block = code === 1 ? (from.takenEpoch === state.epoch ? from.taken : undefined) : undefined
        if (code !== 1 && from.nextEpoch === state.epoch) block = from.next
        if (block === undefined) {
          block = finder.follow(from, code === 1)
          if (block === undefined) return this.leave(limit - remaining)
        }
        index = 0
      } else if (code === 3) {
        remaining -= count - index
        if (remaining === 0) {
          this.retired += limit
          return limitExit
        }
        from = undefined
        block = finder.at(i32[rip]!, i32[rip + 1]!)
        if (block === undefined) return this.leave(limit - remaining)
        index = 0
      } else if (code === -2) {
        // The instruction before this one may have replaced it, or a link led to code that is gone.
        remaining -= at - 1 - index
        if (from !== undefined && at === 1) finder.unlink(from, block)
        this.setRipInside(block, at - 1)
        from = undefined
        block = finder.at(i32[rip]!, i32[rip + 1]!)
        if (block === undefined) return this.leave(limit - remaining)
        index = 0
      } else if (code === 5) {
        remaining = this.repeat(block, at - 1, remaining - (at - index))
        if (remaining < 0) {
          this.setRipInside(block, at - 1)
          return this.leave(limit + 1 + remaining)
        }
        if (remaining === 0) {
          this.retired += limit
          return this.stopInside(block, this.repeating ? at - 1 : at)
        }
        index = at
      } else if (code === 4) {
        this.retired += limit - remaining + count - index
        return syscallExit
      } else if (code === 6 || code === 8 || code === 9) {
        if (code === 8) this.writeClock(limit - remaining + count - index - 1)
        remaining -= count - index
        if (code !== 9) this.setRipInside(block, count)
        this.checkAlignment()
        if (remaining === 0) {
          this.retired += limit
          return limitExit
        }
        if ((i32[rflags]! & trapFlag) !== 0) {
          this.retired += limit - remaining
          return this.trapped()
        }
        from = undefined
        block = finder.at(i32[rip]!, i32[rip + 1]!)
        if (block === undefined) return this.leave(limit - remaining)
        index = 0
      } else {
        this.retired += limit - remaining + at - 1 - index
        if (code === -4) this.setRipInside(block, at)
        else this.setRipInside(block, at - 1)
        if (code === -3) return describeMissing(state, block, at - 1)
        return faultExit(this.state)
      }
    }
  }

  /** Whether the last `repeat` stopped with iterations left. */
  private repeating = false

  /**
   * Goes on with a repeated string instruction that has done one iteration. Returns how many instructions remain, or after
   * a fault −1 less that number.
   */
  private repeat(block: Block, at: number, budget: number): number {
    const { state } = this
    let remaining = budget
    let code = 5
    while (code === 5 && remaining > 0) {
      state.budget = remaining
      state.iterations = 0
      code = block.operations[at]!()
      remaining -= state.iterations
    }
    state.budget = 1
    this.repeating = code === 5
    if (code === -1) return -1 - remaining
    return remaining
  }

  /** The block that the last run stopped in, if rip is still there. */
  private resume(): Block | undefined {
    const { block, index, state } = this
    if (block === undefined || this.epoch !== state.epoch || block.dead) return undefined
    const { page } = block
    const low = (page.low + block.offset + block.starts[index]!) | 0
    if (low !== state.i32[rip]! || page.high !== state.i32[rip + 1]!) return undefined
    return block
  }

  /** The block with an instruction at rip; its index goes to `index`. */
  private enter(): Block | undefined {
    const { i32 } = this.state
    const found = this.finder.inside(i32[rip]!, i32[rip + 1]!)
    this.block = undefined
    if (found === undefined) return undefined
    this.index = found.index
    return found.block
  }

  private stopInside(block: Block, index: number): Exit {
    this.block = block
    this.index = index
    this.epoch = this.state.epoch
    this.setRipInside(block, index)
    return limitExit
  }

  private setRipInside({ page, offset, starts }: Block, index: number): void {
    const low = (page.low + offset + starts[index]!) | 0
    this.state.i32[rip] = low
    this.state.i32[rip + 1] = low >>> 0 < page.low >>> 0 ? page.high + 1 : page.high
  }

  private leave(retired: number): Exit {
    this.retired += retired
    return faultExit(this.state)
  }

  /** rdx:rax = completed instructions. */
  private writeClock(inThisRun: number): void {
    const { i32 } = this.state
    const clock = this.retired + inThisRun
    i32[0] = clock
    i32[1] = 0
    i32[4] = clock / 0x1_0000_0000
    i32[5] = 0
  }
}
