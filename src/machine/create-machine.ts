// SPDX-License-Identifier: MIT
import { disassemble } from './cpu/decode/disassemble.ts'
import { identityOf } from './cpu/instructions/cpuid.ts'
import { Processor } from './cpu/processor.ts'
import { CpuState } from './cpu/state.ts'
import { flushPage } from './cpu/translation.ts'
import { Extended } from './layout.ts'
import { type Machine, type MachineOptions, pageSize, registerCount } from './machine.ts'
import { reserveMemory } from './memory/machine-memory.ts'
import { createPageTable, Packed } from './memory/page-table.ts'
import { createPhysicalMemory } from './memory/physical-memory.ts'

/** A machine after power-on: empty memory, registers as after exec. Boots of one worker share `options.reserved`. */
export function createMachine(options: MachineOptions): Machine {
  const reserved = options.reserved ?? reserveMemory(options.memory)
  const frames = options.memory / pageSize
  if (frames > reserved.frames) throw new RangeError('the machine is larger than its reserved memory')
  const model = options.cpu ?? 'sse2'
  const state = reserved.state?.model === model ? reserved.state : new CpuState(reserved, model)
  reserved.state = state
  state.reset()
  return {
    memory: createPhysicalMemory(reserved, frames, (frame, offset, length) =>
      state.code.drop(frame, offset, length),
    ),
    cpu: new Processor(state),
    identity: identityOf(model),
    newPageTable: () =>
      createPageTable((table, page, before, after) => {
        if (state.table !== table) return
        flushPage(state, page)
        if (((before | after) & Packed.execute) !== 0) state.epoch++
      }),
    newContext: () => ({
      registers: new BigUint64Array(registerCount),
      extended: new Uint8Array(Extended.bytes),
    }),
    disassemble,
  }
}
