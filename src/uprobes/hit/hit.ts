// SPDX-License-Identifier: MIT
import type { AddressSpace, Task } from '../../kernel/kernel.ts'
import type { Uprobe } from '../registry/uprobe.ts'
import type { HitContext } from '../uprobes.ts'

/** What entry handlers are told. A class, as one is made for every hit. */
export class Hit implements HitContext {
  readonly task: Task
  readonly mm: AddressSpace
  readonly uprobe: Uprobe
  readonly address: bigint
  /** `address`, as an mm takes it. */
  readonly place: number

  constructor(task: Task, uprobe: Uprobe, address: bigint, place: number) {
    this.task = task
    this.mm = task.mm!
    this.uprobe = uprobe
    this.address = address
    this.place = place
  }

  /** Not a copy of the reference: after a handler has slept, the registers may be kept somewhere else. */
  get registers(): BigUint64Array {
    return this.task.registers
  }

  get bias(): bigint {
    return this.address - BigInt(this.uprobe.offset)
  }
}

/** A hit by the system call of an optimised probe. */
export class OptimisedHit extends Hit {
  readonly optimised = true
}

/** What return handlers are told. */
export class ReturnHit extends Hit {
  readonly returnAddress: bigint

  constructor(task: Task, uprobe: Uprobe, address: bigint, returnAddress: bigint) {
    super(task, uprobe, address, Number(address))
    this.returnAddress = returnAddress
  }
}
