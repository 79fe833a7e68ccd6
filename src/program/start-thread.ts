// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/source-file.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { Image } from './image.ts'
import { findSymbol } from './symbols.ts'

type Located<T> = { readonly value: T; readonly span: Span }

/** A thread that `run:` starts, as the scenario file says it. */
export type EntryThread = {
  readonly name: Located<string>
  /** `binary:symbol` */
  readonly run: Located<string>
  /** At most six, in rdi, rsi, rdx, rcx, r8, r9. */
  readonly args: readonly Located<bigint>[]
  /** 64-bit general registers but rsp, and `rflags`; they win over arguments. */
  readonly regs: ReadonlyMap<string, Located<bigint>>
}

const argumentRegisters = ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9']
const otherRegisters = ['rax', 'rbx', 'rbp', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15']
const settable = [...argumentRegisters, ...otherRegisters]

/** CF, PF, AF, ZF, SF, DF, OF; and bit 1 and IF, which user code cannot clear (Intel SDM volume 1, 3.4.3). */
const settableFlags = 0xcd5n
const fixedFlags = 0x202n

/** What keeps threads from being started as written. */
export function checkEntries(image: Image, threads: readonly EntryThread[]): Diagnostic[] {
  return threads.flatMap(thread => [
    ...checkSymbol(image, thread),
    ...checkArguments(thread),
    ...[...thread.regs].flatMap(([name, value]) => checkRegister(name, value)),
  ])
}

/** The value of every register at the thread's symbol, and of rflags. */
export function registersOf({ args, regs }: EntryThread): Record<string, bigint> & { rflags: bigint } {
  const values = Object.fromEntries(settable.map(name => [name, 0n]))
  for (const [index, { value }] of args.entries())
    values[argumentRegisters[index]!] = BigInt.asUintN(64, value)
  for (const [name, { value }] of regs) values[name] = BigInt.asUintN(64, value)
  return { ...values, rflags: (regs.get('rflags')?.value ?? 0n) | fixedFlags }
}

/** `binary:symbol`; the binary's name ends at the first colon. */
export function symbolOf(run: string): string {
  return run.slice(run.indexOf(':') + 1)
}

function checkSymbol(image: Image, { run }: EntryThread): Diagnostic[] {
  const name = symbolOf(run.value)
  const symbol = findSymbol(image, name)
  const span = partOf(run.span, name)
  if (!symbol) return [unknownSymbol(image, name, span)]
  const { address } = symbol
  const home = image.segments.find(
    segment => address >= segment.address && address < segment.address + BigInt(segment.memorySize),
  )
  return home?.execute ? [] : [refuse(`a thread cannot start at \`${name}\`: it is no code`, span)]
}

function unknownSymbol(image: Image, name: string, span: Span): Diagnostic {
  const code = image.symbols.filter(({ type }) => type === 'function')
  const best = suggest(
    name,
    code.map(symbol => symbol.name),
  )
  const shown = code.slice(0, 8).map(({ name: known, address }) => `${known} 0x${address.toString(16)}`)
  const more = code.length > shown.length ? ', …' : ''
  return {
    code: 'R002',
    severity: 'error',
    message: `binary \`${image.name}\` has no symbol \`${name}\``,
    labels: [best === undefined ? { span } : { span, text: `did you mean \`${best}\`?` }],
    help: [
      shown.length > 0
        ? `symbols in ${image.name}: ${shown.join(', ')}${more}`
        : `${image.name} has no symbols`,
    ],
  }
}

function checkArguments({ args, name }: EntryThread): Diagnostic[] {
  const seventh = args[argumentRegisters.length]
  const tooMany = seventh
    ? [refuse(`thread \`${name.value}\` has ${args.length} arguments; registers take six`, seventh.span)]
    : []
  return [...tooMany, ...args.flatMap(checkWidth)]
}

function checkRegister(name: string, { value, span }: Located<bigint>): Diagnostic[] {
  if (name === 'rflags') {
    const beyond = value & ~(settableFlags | fixedFlags)
    return beyond === 0n ? [] : [refuse(`rflags cannot start with bits 0x${beyond.toString(16)} set`, span)]
  }
  if (settable.includes(name)) return checkWidth({ value, span })
  return [
    {
      ...refuse(`a thread cannot start with \`${name}\` set`, span),
      help: [`registers: ${settable.join(', ')}, rflags`],
    },
  ]
}

function checkWidth({ value, span }: Located<bigint>): Diagnostic[] {
  const fits = value >= -(1n << 63n) && value < 1n << 64n
  return fits ? [] : [refuse(`${value} does not fit in 64 bits`, span)]
}

function refuse(message: string, span: Span): Diagnostic {
  return { code: 'B012', severity: 'error', message, labels: [{ span }] }
}

/** The name alone within the author's `binary:symbol`. */
function partOf(span: Span, name: string): Span {
  const at = span.file.text.slice(span.start, span.end).lastIndexOf(name)
  return at < 0 || name === ''
    ? span
    : { ...span, start: span.start + at, end: span.start + at + name.length }
}
