// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { AddressSpace } from '../../src/kernel/kernel.ts'
import { Register } from '../../src/machine/machine.ts'
import { assemble } from '../../src/program/assembler/assemble.ts'
import type { Uprobe } from '../../src/uprobes/registry/uprobe.ts'
import { RedZone } from '../../src/uprobes/strategies/nop5/red-zone.ts'

/** Whether code misses what has been overwritten in the 32 bytes below the stack pointer. */
function misses(code: string, zone = new RedZone(), uprobe = {} as Uprobe): boolean {
  const text = `.globl _start\n_start: ${code}\n`
  const origin = { file: { path: 'a.s', text }, lineStarts: [0] }
  const result = assemble([{ text, origin }], { name: 'a' })
  if (!result.ok) throw new Error(result.diagnostics[0]!.message)
  const { bytes, symbols } = result.value
  const { address, fileOffset } = symbols.find(({ name }) => name === '_start')!
  const mm = { peek: () => bytes.subarray(fileOffset) } as unknown as AddressSpace
  const registers = new BigUint64Array(32)
  registers[Register.rsp] = 0x7000n
  registers[Register.rbx] = 2n ** 54n + 0x7000n
  registers[Register.rbp] = 0x6fe0n
  return zone.isMissed(uprobe, mm, address, { registers, lost: 32 })
}

describe('what an optimised probe has overwritten below the stack pointer', () => {
  it('is missed by whoever reads one of its bytes', () => {
    expect(misses('mov al, [rsp-1]')).to.equal(true)
    expect(misses('mov al, [rsp-32]')).to.equal(true)
    expect(misses('mov rax, [rsp-39]')).to.equal(true)
    expect(misses('mov rax, [rsp-40]')).to.equal(false)
    expect(misses('mov al, [rsp]')).to.equal(false)
    expect(misses('nop')).to.equal(false)
  })

  it('is found over any register, wherever that points to', () => {
    expect(misses('mov al, [rbp]')).to.equal(true)
    expect(misses('mov al, [rbp-1]')).to.equal(false)
    expect(misses('mov [rbx-8], rax\nfxrstor [rbx-32]')).to.equal(false)
  })

  it('is not missed by whoever has written it again, every byte of it and no other', () => {
    expect(misses('mov [rsp-8], rax\nmov rax, [rsp-8]')).to.equal(false)
    expect(misses('mov [rsp-8], rax\nmov rax, [rsp-4]')).to.equal(false)
    expect(misses('mov [rsp-8], eax\nmov rax, [rsp-8]')).to.equal(true)
    expect(misses('mov [rsp-9], rax\nmov al, [rsp-1]')).to.equal(true)
  })

  it('is looked for once for each probe: its code does not change', () => {
    const zone = new RedZone()
    const probe = {} as Uprobe
    expect(misses('mov al, [rsp-1]', zone, probe)).to.equal(true)
    expect(misses('nop', zone, probe)).to.equal(true)
    expect(misses('nop', zone)).to.equal(false)
  })
})
