// SPDX-License-Identifier: MIT
import { createMachine } from '../../src/machine/create-machine.ts'
import { Register } from '../../src/machine/machine.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import { FlatSpace } from '../../src/machine/vectors/flat-space.ts'
import { seconds } from './best-of.ts'
import { qemuSeconds } from './qemu.ts'

/** A loop that makes fewer million instructions a second is a failure. */
const slowest = 30

/** Loops assembled beforehand; each ends with hlt. */
const loops: Record<string, string> = {
  // 2,000,000 rounds of shl 13, shr 7, shl 17 with exclusive or in a 64-bit register.
  xorshift64:
    '48b8447abfcb8d403901b980841e004889c248c1e20d4831d04889c248c1ea074831d04889c248c1e2114831d048ffc975ddf4',
  // The table of crc32, then twenty times over 64 KiB.
  crc32:
    'bf0000003031c989c8ba0800000089c6d1e840f6c6017405352083b8edffca75ed89048fffc181f90001000075d9bb14000000' +
    'be000001304c8d8600000100b8ffffffff0fb61631c20fb6d2c1e80833049748ffc64c39c675eaf7d0ffcb75d3f4',
  // fib(27) as gcc -O0 has it: a frame, arguments in memory.
  'fib -O0':
    'bf1b000000e801000000f4554889e5534883ec18897dec837dec017f058b45eceb1e8b45ec83e80189c7e8dcffffff89c38b45' +
    'ec83e80289c7e8cdffffff01d8488b5df8c9c3',
  // fib(27) as gcc -O1 has it.
  'fib -O1':
    'bf1b000000e801000000f45389fb31c04883ec0883ff017e168d7bffe8eaffffff8d7bfe89c3e8e0ffffff01d8eb0289d84883' +
    'c4085bc3',
  // 100,000 integers in memory.
  quicksort:
    'bf00000130b9a0860100b83930000069c06d4ec641053930000089074883c704ffc975ebbf00000130488db77c1a0600e81e00' +
    '0000bf00000130b99f86010031c08b173b57047e02ffc04883c704ffc975eff44839f7736357564889f84801f048c1e8038b14' +
    '85000000004989f84989f14139107d064983c004ebf54139117e064983e904ebf54d39c87719418b00458b1145891041890149' +
    '83c0044983e9044d39c876cc41504c89cee8a4ffffff41585e4c89c7e899ffffff5fc3',
}

const codeAddress = 0x40_0000
const stackAddress = 0x7fff_0000
const reserved = reserveMemory(0x1000_0000)

/** Million guest instructions a second, steps made singly, and boots of a bare machine. */
export function benchProcessor(): void {
  const qemu = qemuSeconds(loops)
  if (!qemu) console.log('skip: no qemu-x86_64 here (package qemu-user): nothing to compare with')
  for (const [name, code] of Object.entries(loops)) {
    const rates: number[] = []
    let theirs = 0
    for (let round = 0; round < 3; round++) {
      const { cpu } = boot(code).machine
      const start = seconds()
      const exit = cpu.run(1e12)
      const time = seconds() - start
      if (exit.kind !== 'exception' || exit.vector !== 13) throw new Error(JSON.stringify(exit))
      rates.push(cpu.retired / time / 1e6)
      if (qemu) theirs = cpu.retired / qemu.get(name)! / 1e6
    }
    const best = Math.max(...rates)
    const compared = qemu
      ? `, ${(best / theirs).toFixed(2)} times qemu-x86_64 (${theirs.toFixed(0)} MIPS)`
      : ''
    console.log(`${name.padEnd(12)} ${rates.map(rate => rate.toFixed(0)).join(' / ')} MIPS${compared}`)
    if (best >= slowest) continue
    console.log(`FAILED: ${name} makes less than ${slowest} million instructions a second`)
    process.exitCode = 1
  }

  const steps = 1_000_000
  const { cpu } = boot(loops['fib -O0']!).machine
  const start = seconds()
  for (let n = 0; n < steps; n++) cpu.run(1)
  console.log(`run(1)       ${(steps / (seconds() - start) / 1e6).toFixed(2)} million steps a second`)

  const boots = 1000
  const begin = seconds()
  for (let n = 0; n < boots; n++) boot(loops['xorshift64']!).machine.cpu.run(10)
  console.log(`boot         ${(((seconds() - begin) / boots) * 1e6).toFixed(0)} µs with ten instructions`)
}

function boot(code: string): FlatSpace {
  const machine = createMachine({ memory: 0x1000_0000, reserved })
  const space = new FlatSpace(machine)
  space.map(codeAddress, 4096, 'rx')
  space.write(codeAddress, Buffer.from(code, 'hex'))
  space.map(stackAddress, 0x1_0000, 'rw')
  space.map(0x3000_0000, 0x9_0000, 'rw')
  machine.cpu.registers[Register.rip] = BigInt(codeAddress)
  machine.cpu.registers[Register.rsp] = BigInt(stackAddress + 0x1_0000)
  return space
}
