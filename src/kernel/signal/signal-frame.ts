// SPDX-License-Identifier: MIT
import { Register } from '../../machine/machine.ts'
import type { SignalInfo } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { saveAlternateStack, setAlternateStack } from './alternate-stack.ts'
import { type SignalAction, SignalFlag } from './signal-actions.ts'
import { encodeSignalInfo } from './signal-info.ts'
import { unblockable } from './signal-numbers.ts'

/**
 * struct rt_sigframe of x86-64: return address, ucontext, siginfo; the fxsave image lies above it. Offsets from the frame's start.
 */
const Frame = {
  flags: 8,
  stack: 24,
  registers: 48,
  segments: 192,
  error: 200,
  trap: 208,
  oldMask: 216,
  faultAddress: 224,
  floatingPoint: 232,
  mask: 304,
  info: 312,
  size: 440,
} as const
const floatingPointSize = 512
const redZone = 128
/** UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS; there is no xsave area behind the fxsave image. */
const contextFlags = 6n
/** cs 0x33, gs 0, fs 0, ss 0x2b. */
const segments = 0x002b_0000_0000_0033n
/** Order of the general registers in struct sigcontext. */
const order = [
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
  'rdi',
  'rsi',
  'rbp',
  'rbx',
  'rdx',
  'rax',
  'rcx',
  'rsp',
  'rip',
  'rflags',
] as const satisfies readonly (keyof typeof Register)[]
/** Flags that a program may set: AC OF DF TF SF ZF AF PF CF (FIX_EFLAGS; also RF, which the next instruction clears). */
const userFlags = 0x4_0dd5n
/** DF, TF and RF are clear in a handler. */
const clearedInHandler = 0x1_0500n

/** Puts the frame of a handler on the user's stack and sets the registers to its first instruction. False: the stack cannot be written. */
export function pushSignalFrame(
  kernel: KernelCore,
  task: KernelTask,
  info: SignalInfo,
  action: SignalAction,
): boolean {
  const { registers } = task
  const place = framePlace(task, action)
  if (place === undefined || (action.flags & SignalFlag.RESTORER) === 0n) return false
  kernel.saveExtended(task)
  const frame = encodeFrame(task, info, action, place.floatingPoint)
  const { mm } = task
  if (!mm || mm.write(Number(place.floatingPoint), task.context.extended) < floatingPointSize) return false
  if (mm.write(Number(place.frame), frame) < frame.length) return false
  registers[Register.rdi] = BigInt(info.signal)
  registers[Register.rsi] = place.frame + BigInt(Frame.info)
  registers[Register.rdx] = place.frame + 8n
  registers[Register.rax] = 0n
  registers[Register.rip] = action.handler
  registers[Register.rsp] = place.frame
  registers[Register.rflags] = registers[Register.rflags]! & ~clearedInHandler
  return true
}

/** rt_sigreturn: takes back what the frame holds. False: the frame is not one. */
export function popSignalFrame(kernel: KernelCore, task: KernelTask): boolean {
  const { registers, mm } = task
  const address = BigInt.asUintN(64, registers[Register.rsp]! - 8n)
  const bytes = new Uint8Array(Frame.size)
  if (!mm || mm.read(toNumber(address), bytes) < Frame.size) return false
  const view = new DataView(bytes.buffer)
  task.blocked = view.getBigUint64(Frame.mask, true) & ~unblockable
  const flags = registers[Register.rflags]!
  for (const [index, name] of order.entries())
    registers[Register[name]] = view.getBigUint64(Frame.registers + index * 8, true)
  registers[Register.rflags] = (flags & ~userFlags) | (registers[Register.rflags]! & userFlags)
  const floatingPoint = view.getBigUint64(Frame.floatingPoint, true)
  if (!restoreFloatingPoint(kernel, task, floatingPoint)) return false
  // A refusal changes nothing and is not told (restore_altstack).
  setAlternateStack(task, view, Frame.stack)
  return true
}

function restoreFloatingPoint(kernel: KernelCore, task: KernelTask, address: bigint): boolean {
  const image = new Uint8Array(floatingPointSize)
  if (address === 0n) {
    new DataView(image.buffer).setUint16(0, 0x37f, true)
    new DataView(image.buffer).setUint32(24, 0x1f80, true)
  } else if (task.mm!.read(toNumber(address), image) < floatingPointSize) return false
  kernel.loadExtended(task, image)
  return true
}

function framePlace(
  task: KernelTask,
  action: SignalAction,
): { readonly frame: bigint; readonly floatingPoint: bigint } | undefined {
  const { start, size } = task.alternateStack
  const current = BigInt.asUintN(64, task.registers[Register.rsp]!)
  let top = current - BigInt(redZone)
  const inside = size > 0n && current > start && current - start <= size
  if ((action.flags & SignalFlag.ONSTACK) !== 0n && size > 0n && !inside) top = start + size
  const floatingPoint = (top - BigInt(floatingPointSize)) & ~63n
  const frame = ((floatingPoint - BigInt(Frame.size)) & ~15n) - 8n
  // A handler that has run out of its alternate stack must not go on below it.
  if (inside && (frame <= start || frame - start > size)) return undefined
  return frame > 0n && top < 1n << 47n ? { frame, floatingPoint } : undefined
}

function encodeFrame(
  task: KernelTask,
  info: SignalInfo,
  action: SignalAction,
  floatingPoint: bigint,
): Uint8Array {
  const bytes = new Uint8Array(Frame.size)
  const view = new DataView(bytes.buffer)
  const put = (offset: number, value: bigint) => view.setBigUint64(offset, BigInt.asUintN(64, value), true)
  const mask = task.savedMask ?? task.blocked
  put(0, action.restorer)
  put(Frame.flags, contextFlags)
  saveAlternateStack(view, Frame.stack, task)
  for (const [index, name] of order.entries())
    put(Frame.registers + index * 8, task.registers[Register[name]]!)
  put(Frame.segments, segments)
  put(Frame.error, BigInt(task.errorCode))
  put(Frame.trap, BigInt(task.trapNumber))
  put(Frame.oldMask, mask)
  put(Frame.faultAddress, task.faultAddress)
  put(Frame.floatingPoint, floatingPoint)
  put(Frame.mask, mask)
  encodeSignalInfo(view, Frame.info, info)
  return bytes
}

function toNumber(address: bigint): number {
  return Number(address)
}
