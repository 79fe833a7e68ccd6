// SPDX-License-Identifier: MIT
import type { Result } from '../diagnostics/diagnostic.ts'
import { assemble } from './assembler/assemble.ts'
import { appendElf, roomForHeaders } from './elf/append-elf.ts'
import { pageSize } from './elf/elf-format.ts'
import { readElf } from './elf/read-elf.ts'
import type { Image, StartedThread } from './image.ts'
import { checkEntries, type EntryThread, registersOf, symbolOf } from './start-thread.ts'
import { findSymbol } from './symbols.ts'

/** CLONE_VM, FS, FILES, SIGHAND, THREAD, SYSVSEM: what pthread_create shares, without its thread-local storage. */
const cloneFlags = 0x50f00
const stackSize = 64 * 1024
/** What follows `return_N` in the text below. */
const exitInstructions = 4

/**
 * Adds the code that starts threads at symbols to a program without a C library, as a segment behind all others, and
 * makes it the entry. The first thread is the initial task, the others are cloned in order. At its symbol a thread has
 * rsp ≡ 8 mod 16, its arguments in the usual registers, the named registers as named, all others zero. When it
 * returns, rax goes to its result slot (`__trapline_result_NAME`) and its low byte to exit(2) of the thread.
 */
export function withStartStub(image: Image, threads: readonly EntryThread[]): Result<Image> {
  const diagnostics = checkEntries(image, threads)
  if (diagnostics.length > 0) return { ok: false, diagnostics }
  const addresses = threads.map(({ run }) => findSymbol(image, symbolOf(run.value))!.address)
  const room = roomForHeaders(image.bytes)
  const text = stubText(threads, addresses, room)
  const stub = assembleStub(text, endOf(image))
  const at = (name: string): bigint => findSymbol(stub, name)!.address
  const [, code, data] = stub.segments
  const names = threads.map(({ name }) => name.value)
  const bytes = appendElf(image.bytes, {
    entry: at('start'),
    code: {
      name: '.trapline.start',
      address: code!.address,
      bytes: stub.bytes.slice(code!.fileOffset, code!.fileOffset + code!.fileSize),
    },
    data: { name: '.trapline.stacks', address: data!.address, size: data!.memorySize },
    symbols: [
      { name: '__trapline_start', address: at('start'), size: Number(at('end') - at('start')), home: 'code' },
      ...names.map((name, index) => ({
        name: `__trapline_result_${name}`,
        address: at(`result_${index}`),
        size: 8,
        home: 'data' as const,
      })),
    ],
  })
  const result = readElf(bytes, image.name)
  if (!result.ok) throw new Error(`the start stub broke the program: ${result.diagnostics[0]?.message}`)
  const started = threads.map(
    ({ run }, index): StartedThread => ({
      name: names[index]!,
      symbol: symbolOf(run.value),
      address: addresses[index]!,
      returnAddress: at(`return_${index}`),
      resultAddress: at(`result_${index}`),
      ...(index === 0 ? {} : { stack: { low: at(`stack_${index}`), high: at(`stack_${index}_top`) } }),
    }),
  )
  return {
    ok: true,
    value: {
      ...result.value,
      startStub: { start: at('start'), end: at('end'), exitInstructions, threads: started },
    },
  }
}

/** The stub in the assembler's own language; clone and exit are the only system calls. */
function stubText(threads: readonly EntryThread[], addresses: readonly bigint[], room: number): string {
  const clones = threads.slice(1).map(
    (_, index) => `
      mov edi, ${cloneFlags}
      lea rsi, [rip + stack_${index + 1}_top]
      xor edx, edx
      xor r10d, r10d
      xor r8d, r8d
      mov eax, 56
      syscall
      test eax, eax
      jz thread_${index + 1}
      js failed`,
  )
  const bodies = threads.map((thread, index) => {
    const { rflags, ...registers } = registersOf(thread)
    return `
    thread_${index}:
      push ${rflags}
      popfq
      ${Object.entries(registers)
        .map(([name, value]) => `mov ${value < 1n << 32n ? doubleWord(name) : name}, ${value}`)
        .join('\n      ')}
      call ${addresses[index]}
    return_${index}:
      mov [rip + result_${index}], rax
      movzx edi, al
      mov eax, 60
      syscall`
  })
  return `
    .skip ${room}
    .p2align 4, 0
    start:
      and rsp, -16
      ${clones.join('')}
    ${bodies.join('')}
    failed:
      ud2
    end:
    .bss
    ${threads.map((_, index) => `result_${index}: .skip 8`).join('\n    ')}
    ${threads
      .slice(1)
      .map(
        (_, index) =>
          `.balign ${pageSize}\n    stack_${index + 1}: .skip ${stackSize}\n    stack_${index + 1}_top:`,
      )
      .join('\n    ')}
  `
}

/** A move to the low half clears the high one and is shorter. */
function doubleWord(name: string): string {
  return /^r\d+$/.test(name) ? `${name}d` : name.replace('r', 'e')
}

function assembleStub(text: string, address: bigint): Image {
  const file = { path: 'start stub', text }
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  // The assembler keeps a page for headers in front of the text.
  const stub = assemble([{ text, origin: { file, lineStarts } }], {
    name: 'start stub',
    base: address - BigInt(pageSize),
  })
  if (stub.ok) return stub.value
  throw new Error(
    `the start stub does not assemble: ${stub.diagnostics.map(({ message }) => message).join('; ')}`,
  )
}

/** The first free page behind all that the program loads. */
function endOf({ segments }: Image): bigint {
  const end = segments.reduce((highest, { address, memorySize }) => {
    const own = address + BigInt(memorySize)
    return own > highest ? own : highest
  }, 0n)
  return ((end + BigInt(pageSize) - 1n) / BigInt(pageSize)) * BigInt(pageSize)
}
