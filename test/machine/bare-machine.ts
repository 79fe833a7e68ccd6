// SPDX-License-Identifier: MIT
import { createMachine } from '../../src/machine/create-machine.ts'
import { type Exit, type Machine, Register, type RegisterName } from '../../src/machine/machine.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import { FlatSpace } from '../../src/machine/vectors/flat-space.ts'

export const code = 0x40_0000
export const data = 0x60_0000
export const stackTop = 0x80_0000

/** A machine with code (executable and writable), one page of data and one of stack; pages around them are unmapped. */
export class BareMachine {
  readonly machine: Machine
  readonly space: FlatSpace

  constructor(hex: string, registers: Partial<Record<RegisterName, bigint>> = {}) {
    this.machine = createMachine({ memory: reserved.frames * 4096, reserved })
    this.space = new FlatSpace(this.machine)
    this.space.map(code, 4096, 'rwx')
    this.space.map(data, 4096, 'rw')
    this.space.map(stackTop - 4096, 4096, 'rw')
    this.put(code, hex)
    this.set({ rip: BigInt(code), rsp: BigInt(stackTop - 8), ...registers })
  }

  put(address: number, hex: string): void {
    this.space.write(address, Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  }

  hex(address: number, length: number): string {
    return Buffer.from(this.space.read(address, length)).toString('hex')
  }

  set(registers: Partial<Record<RegisterName, bigint>>): void {
    for (const [name, value] of Object.entries(registers))
      this.machine.cpu.registers[Register[name as RegisterName]] = value
  }

  get(name: RegisterName): bigint {
    return this.machine.cpu.registers[Register[name]]!
  }

  run(limit = 1000): Exit {
    return this.machine.cpu.run(limit)
  }

  get retired(): number {
    return this.machine.cpu.retired
  }
}

const reserved = reserveMemory(0x10_0000)

/** The exit of an exception; page faults have an address. */
export function exception(vector: number, error = 0, address: number | bigint = 0n): Exit {
  return { kind: 'exception', vector, error, address: BigInt(address) }
}
