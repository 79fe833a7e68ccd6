// SPDX-License-Identifier: MIT
import type { MachineState } from '../../src/expect/state.ts'

/** A machine that answers what it is told to, and knows nothing else. */
export function machineState(answers: Partial<MachineState> = {}): MachineState {
  return {
    exit: () => undefined,
    ip: () => undefined,
    register: () => undefined,
    memory: () => [],
    text: () => [],
    page: () => [],
    probe: () => undefined,
    slotsInUse: () => 0n,
    buffer: () => ({ entries: 0n, overrun: 0n, dropped: 0n }),
    returnDepth: () => undefined,
    mappings: () => undefined,
    region: () => [],
    ...answers,
  }
}
