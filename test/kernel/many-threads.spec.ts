// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { boot } from './boot.ts'

const count = 3000

/** Threads that wait for one word, or sleep a different time each; the last one to come wakes or outlives the others. */
const program = (wait: string) => `
_start:
  xor r12d, r12d
next:
  mov edi, 0x10f00               # VM FS FILES SIGHAND THREAD
  lea rsi, [rip + stacks]
  mov eax, r12d
  shl eax, 4
  add rsi, rax
  add rsi, 16
  mov eax, 56
  syscall
  test eax, eax
  jz thread
  js failed
  inc r12d
  cmp r12d, ${count}
  jb next
  call arrive
all:
  cmp dword ptr [rip + left], ${count}
  je done
  mov eax, 24
  syscall
  jmp all
done:
  xor edi, edi
  jmp out
failed:
  mov edi, 1
out:
  mov eax, 231
  syscall
thread:
  call arrive
  lock inc dword ptr [rip + left]
  xor edi, edi
  mov eax, 60
  syscall
arrive:
${wait}
  ret
.data
come: .long 0
left: .long 0
open: .long 0
time: .quad 0, 0
.bss
stacks: .zero ${(count + 1) * 16}
`
const barrier = `
  mov eax, 1
  lock xadd [rip + come], eax
  cmp eax, ${count}
  je last
wait:
  lea rdi, [rip + open]
  xor esi, esi
  xor edx, edx
  xor r10d, r10d
  mov eax, 202
  syscall
  cmp dword ptr [rip + open], 0
  je wait
  ret
last:
  mov dword ptr [rip + open], 1
  lea rdi, [rip + open]
  mov esi, 1
  mov edx, 0x7fffffff
  mov eax, 202
  syscall`
const sleep = `
  mov eax, 1
  lock xadd [rip + come], eax
  mov [rip + time + 8], rax
  lea rdi, [rip + time]
  xor esi, esi
  mov eax, 35
  syscall`

describe(`${count} threads of one process`, () => {
  for (const [name, wait] of [
    ['meet at a barrier', barrier],
    ['sleep until different times', sleep],
  ] as const)
    it(name, () => {
      const guest = boot(program(wait), { limits: { tasks: count + 1 } })
      guest.finish(100_000)
      expect(guest.kernel.ending(guest.task)).to.deep.equal({ code: 0 })
      expect(guest.kernel.tasks).to.have.lengthOf(count + 1)
    })
})
