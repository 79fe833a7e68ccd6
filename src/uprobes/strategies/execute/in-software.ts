// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath, Task } from '../../../kernel/kernel.ts'
import {
  type BaseInstruction,
  baseInstruction,
  destinationAddress,
} from '../../../machine/cpu/decode/base-instruction.ts'
import { Flag, Register } from '../../../machine/machine.ts'
import type { Execute } from '../../hit/execute.ts'
import { recordHitEvent } from '../../hit/record-hit-event.ts'
import type { OwnTrap } from '../../hit/signals.ts'
import type { Uprobe } from '../../registry/uprobe.ts'
import { userAddress } from '../../user-bkpt/user-memory.ts'
import type { ExecuteParts } from './executes.ts'

/**
 * `execute: emulate` (spec 09 §2): the kernel reads the operands, computes, and writes the results. Gains much: no mapping, one trap, no
 * step whose flag could leak, no address that is not the program's own. Needs to know every instruction it is to do, and refuses the others:
 * all that is newer than itself, floating point, vectors, repeated strings. It fails where others look on: what is read from memory and
 * written back later is not one access, so the lock prefix of an instruction means nothing, and an update by another thread in between
 * is lost.
 */
export class InSoftware implements Execute {
  readonly #kernel: Kernel
  readonly #ownTrap: OwnTrap
  readonly #known = new WeakMap<Uprobe, Map<bigint, BaseInstruction>>()

  constructor({ kernel, ownTrap }: ExecuteParts) {
    this.#kernel = kernel
    this.#ownTrap = ownTrap
  }

  *begin(task: Task, uprobe: Uprobe, address: bigint): KernelPath<boolean> {
    const kernel = this.#kernel
    const results = yield* this.#compute(task, uprobe, address)
    // The signal is pending that the instruction would have raised itself.
    if (!results) return true
    const begun = recordHitEvent(kernel, 'emulating', task, uprobe, address)
    if (begun) yield* begun
    const isStepped = (task.registers[Register.rflags]! & Flag.TF) !== 0n
    const mm = task.mm!
    for (const { at, bytes } of results.memory) if (mm.write(at, bytes) < bytes.length) return false
    task.registers.set(results.registers)
    if (isStepped) this.#ownTrap(kernel, task, uprobe.name)
    const ended = recordHitEvent(kernel, 'emulated', task, uprobe, task.registers[Register.rip]!)
    if (ended) yield* ended
    return true
  }

  /** What the instruction makes of the operands as they are now; nothing of it is there to be seen yet. Undefined after an exception. */
  *#compute(task: Task, uprobe: Uprobe, address: bigint): KernelPath<Results | undefined> {
    const { length, destinations } = this.#instruction(uprobe, address)
    const code = uprobe.analysis!.original.subarray(0, length)
    for (;;) {
      const mm = task.mm!
      const before = task.registers.slice()
      const old = destinations.flatMap(destination => {
        const at = userAddress(destinationAddress(destination, before))
        const bytes = new Uint8Array(destination.bytes)
        return at !== undefined && mm.read(at, bytes) === bytes.length ? [{ at, bytes }] : []
      })
      const exit = this.#kernel.interpret(task, code)
      if (exit.kind === 'exception') {
        if ((yield* this.#kernel.raise(task, exit)) === 'done') return undefined
        continue
      }
      if (exit.kind !== 'limit') throw new Error(`a probed instruction is not in the base set: ${exit.kind}`)
      const memory = old.map(({ at, bytes }) => {
        const result = new Uint8Array(bytes.length)
        mm.read(at, result)
        return { at, bytes: result }
      })
      const registers = task.registers.slice()
      for (const { at, bytes } of old) mm.write(at, bytes)
      task.registers.set(before)
      return { memory, registers }
    }
  }

  /** The analysis lets through nothing that is not in the base set. */
  #instruction(uprobe: Uprobe, address: bigint): BaseInstruction {
    let known = this.#known.get(uprobe)
    if (!known) this.#known.set(uprobe, (known = new Map()))
    const instruction = known.get(address) ?? baseInstruction(uprobe.analysis!.original, address)!
    known.set(address, instruction)
    return instruction
  }
}

type Results = {
  readonly memory: readonly { readonly at: number; readonly bytes: Uint8Array }[]
  readonly registers: BigUint64Array
}
