// SPDX-License-Identifier: MIT
import type { Event } from '../../../events/event.ts'
import type { CallWatcher } from '../../../kernel/boot-options.ts'
import { errnoName, Restart } from '../../../kernel/errno.ts'
import type { Task } from '../../../kernel/kernel.ts'
import { signatureOf } from './call-signatures.ts'
import { showArgument } from './show-argument.ts'

/** A call that has been entered and is not done. */
type OpenCall = {
  readonly name: string
  readonly values: readonly bigint[]
  /** `read(0, `: what is known at the entry. */
  readonly entry: string
  /** Arguments from this one on are shown when the call is done. */
  readonly later: number
  /** Its line has been ended because another task had something to say. */
  unfinished: boolean
}

/**
 * Lines about system calls in the manner of strace, one task after the other: `[pool] read(0, "alpha", 64) = 5`. A call that is not done
 * when another task enters, leaves or ends is `<unfinished ...>`, and `<... read resumed>` later.
 */
export class CallTrace implements CallWatcher {
  readonly #write: (line: string) => void
  readonly #open = new Map<string, OpenCall>()
  /** The task whose line is not written yet. */
  #current: string | undefined

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  entered(task: Task, name: string, values: readonly bigint[]): void {
    this.#interrupt()
    const signature = signatureOf(name)
    const out = signature.findIndex(kind => kind.startsWith('out-'))
    const later = out < 0 ? values.length : out
    const shown = argumentTexts(task, name, values, 0, later)
    const entry = `${name}(${shown.join(', ')}${out > 0 ? ', ' : ''}`
    this.#open.set(task.name, { name, values, entry, later, unfinished: false })
    this.#current = task.name
  }

  left(task: Task, result: bigint): void {
    const call = this.#open.get(task.name)
    if (!call) return
    const { name, values, later } = call
    const rest = argumentTexts(task, name, values, later, values.length, result).join(', ')
    this.#end(task.name, call, `${rest})`, outcome(name, result))
  }

  /** A signal is delivered, or a task is gone. */
  event({ kind, thread, fields }: Event): void {
    if (kind === 'signal') {
      const address = (fields['address'] as { at?: string } | undefined)?.at
      const code = String(fields['code'])
      const info = [
        `si_code=${codeNames[code] ?? code}`,
        ...(address === undefined ? [] : [`si_addr=${address}`]),
      ]
      this.#say(thread, `--- ${fields['signal']} {${info.join(', ')}} ---`)
      return
    }
    const call = this.#open.get(thread)
    if (call) this.#end(thread, call, ')', '?')
    const { signal, code } = fields
    this.#say(thread, signal === undefined ? `+++ exited with ${code} +++` : `+++ killed by ${signal} +++`)
  }

  /** The run is over: what has been entered will not come back. */
  finish(): void {
    this.#interrupt()
  }

  #say(thread: string, text: string): void {
    this.#interrupt()
    this.#write(`[${thread}] ${text}`)
  }

  #end(thread: string, { name, entry, unfinished }: OpenCall, rest: string, result: string): void {
    this.#open.delete(thread)
    if (this.#current === thread) this.#current = undefined
    else this.#interrupt()
    this.#write(`[${thread}] ${unfinished ? `<... ${name} resumed>` : entry}${rest} = ${result}`)
  }

  /** Ends the line that is not written yet. */
  #interrupt(): void {
    const thread = this.#current
    const call = thread === undefined ? undefined : this.#open.get(thread)
    this.#current = undefined
    if (!call) return
    call.unfinished = true
    this.#write(`[${thread}] ${call.entry} <unfinished ...>`)
  }
}

function argumentTexts(
  task: Task,
  name: string,
  values: readonly bigint[],
  from: number,
  to: number,
  result?: bigint,
): string[] {
  const signature = signatureOf(name)
  return values
    .slice(0, to)
    .flatMap((_, index) =>
      index < from ? [] : (showArgument(signature[index], index, values, task.mm, result) ?? []),
    )
}

/** Where a signal comes from, for all signals alike. */
const codeNames: Readonly<Record<string, string>> = {
  '0': 'SI_USER',
  '128': 'SI_KERNEL',
  '-1': 'SI_QUEUE',
  '-2': 'SI_TIMER',
  '-6': 'SI_TKILL',
}

/** Calls whose result is an address. */
const addresses = new Set(['mmap', 'brk', 'mremap', 'shmat'])
const restarts = {
  [Restart.SYS]: 'ERESTARTSYS',
  [Restart.NOINTR]: 'ERESTARTNOINTR',
  [Restart.NOHAND]: 'ERESTARTNOHAND',
  [Restart.BLOCK]: 'ERESTART_RESTARTBLOCK',
} as const satisfies Readonly<Record<number, string>>

function outcome(name: string, result: bigint): string {
  if (result < 0n && result >= -4095n) {
    const number = Number(-result)
    return number in restarts ? `? ${restarts[number as keyof typeof restarts]}` : `-1 ${errnoName(number)}`
  }
  const unsigned = BigInt.asUintN(64, result)
  return addresses.has(name) || result < 0n ? `0x${unsigned.toString(16)}` : unsigned.toString()
}
