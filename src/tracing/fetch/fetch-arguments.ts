// SPDX-License-Identifier: MIT
import type { HitContext } from '../../uprobes/uprobes.ts'
import type { FetchType } from '../definition.ts'
import { commandName } from './command-name.ts'
import { readLocation, writeLocation } from './data-location.ts'
import type { EventProgram, FetchProgram } from './fetch-program.ts'
import { loadValue } from './load-value.ts'
import { copyFromUser, copyUserString, maximumString, userStringLength } from './user-memory.ts'

/** Bytes of the buffer that every processor keeps for argument data. */
export const bufferSize = 4096

/**
 * Fetches all arguments of a hit into the processor's buffer and returns how many of its bytes belong to the record (spec 07 §5.6).
 * The buffer keeps what earlier hits left: an argument whose inner pointer faults shows it (bug B8), and `stale` is called.
 */
export function fetchArguments(
  program: EventProgram,
  context: HitContext,
  buffer: Uint8Array,
  stale?: () => void,
): number {
  const strings = program.arguments.reduce((sum, argument) => sum + stringBytes(argument, context), 0)
  const size = Math.min(program.size + strings, bufferSize)
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)

  let dynamic = program.size
  for (const argument of program.arguments) {
    if (argument.type.base !== 'string') {
      if (!storeNumbers(argument, context, view)) stale?.()
      continue
    }
    writeLocation(view, argument.at, { length: size - dynamic, offset: program.header + dynamic })
    dynamic += storeStrings(argument, context, buffer, program.header)
  }
  return size
}

/** Bytes that the strings of an argument need; 0 where a pointer on the way faults. */
function stringBytes(argument: FetchProgram, context: HitContext): number {
  if (argument.type.base !== 'string') return 0
  let total = 0
  for (const address of stringAddresses(argument, context)) {
    if (address === undefined) return 0
    total += stringLength(address, context)
  }
  return total
}

function stringLength(address: bigint | 'command', { mm, task }: HitContext): number {
  if (address === 'command') return commandName(task).indexOf(0) + 1
  const length = userStringLength(mm, address)
  return length > maximumString ? 0 : length
}

/** Stores the strings of an argument and returns the bytes they took; 0 where a pointer on the way faults, whatever was stored before. */
function storeStrings(
  argument: FetchProgram,
  context: HitContext,
  buffer: Uint8Array,
  header: number,
): number {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  let at = argument.at
  let total = 0
  let next = readLocation(view, at)
  for (const address of stringAddresses(argument, context)) {
    if (at > argument.at) writeLocation(view, at, next)
    if (address === undefined) return 0
    const room = buffer.subarray(next.offset - header, next.offset - header + next.length)
    const taken = storeString(address, context, room)
    if (room.length > 0) writeLocation(view, at, { length: taken, offset: next.offset })
    next = { length: next.length - taken, offset: next.offset + taken }
    total += taken
    at += argument.type.size
  }
  return total
}

/** Bytes stored, with the NUL: 0 when nothing could be. Text that does not fit is cut. */
function storeString(address: bigint | 'command', { mm, task }: HitContext, room: Uint8Array): number {
  if (room.length === 0) return 0
  if (address === 'command') {
    const name = commandName(task)
    const length = Math.min(name.indexOf(0) + 1, room.length)
    room.set(name.subarray(0, length - 1))
    room[length - 1] = 0
    return length
  }
  const copied = copyUserString(mm, address, room)
  if (copied === undefined) return 0
  if (copied < room.length) return copied + 1
  room[room.length - 1] = 0
  return room.length
}

/** Where the string, or each string of the array, is; undefined, and nothing behind it, where a pointer faults. */
function* stringAddresses(
  argument: FetchProgram,
  context: HitContext,
): Generator<bigint | 'command' | undefined> {
  const { dereferences, storeOffset, type } = argument
  const loaded = loadValue(argument.load, context)
  if (loaded === 'command') return yield loaded
  if (type.count === undefined) {
    const pointer = follow(loaded, dereferences, context)
    return yield pointer === undefined ? undefined : BigInt.asUintN(64, pointer + storeOffset!)
  }

  const table = follow(loaded, dereferences.slice(0, -1), context)
  const offset = dereferences.at(-1)
  for (let index = 0n; index < type.count; index++) {
    if (table === undefined) return yield undefined
    // Without a pointer to follow there is no way to a second element.
    if (offset === undefined) {
      yield index === 0n ? table : undefined
      if (index > 0n) return
      continue
    }
    const element = follow(table + 8n * index, [offset], context)
    yield element
    if (element === undefined) return
  }
}

/** False where a pointer on the way faults: nothing is stored. */
function storeNumbers(argument: FetchProgram, context: HitContext, view: DataView): boolean {
  const { type, at, dereferences, storeOffset } = argument
  const loaded = loadValue(argument.load, context)
  if (loaded === 'command') return true
  const value = follow(loaded, dereferences, context)
  if (value === undefined) return false
  for (let index = 0; index < (type.count ?? 1); index++) {
    if (storeOffset === undefined && !type.bitfield) {
      storeNumber(view, at + index * type.size, type.size, value)
      continue
    }
    const target = new Uint8Array(view.buffer, view.byteOffset + at + index * type.size, type.size)
    if (storeOffset === undefined) storeNumber(view, at + index * type.size, type.size, value)
    else {
      const address = value + storeOffset + BigInt(index * type.size)
      copyFromUser(context.mm, BigInt.asUintN(64, address), target)
    }
    if (type.bitfield) applyBitField(target, type)
  }
  return true
}

function storeNumber(view: DataView, at: number, size: number, value: bigint): void {
  const low = Number(BigInt.asUintN(32, value))
  if (size === 8) view.setBigUint64(at, BigInt.asUintN(64, value), true)
  else if (size === 4) view.setUint32(at, low, true)
  else if (size === 2) view.setUint16(at, low, true)
  else view.setUint8(at, low)
}

/** `(v << (S-W-O)) >> (S-W)` in S bits. Distances are kept in eight bits, of which the processor looks at five, or six for 64-bit values. */
function applyBitField(target: Uint8Array, { size, bitfield }: FetchType): void {
  let value = 0n
  for (let byte = size - 1; byte >= 0; byte--) value = (value << 8n) | BigInt(target[byte]!)
  const bits = 8 * size
  const { width, offset } = bitfield!
  const distance = (count: number): bigint => BigInt(count & (size === 8 ? 63 : 31))
  value = BigInt.asUintN(bits, value << distance(bits - width - offset)) >> distance(bits - width)
  for (let byte = 0; byte < size; byte++) target[byte] = Number((value >> BigInt(8 * byte)) & 0xffn)
}

/** Follows pointers from a value; undefined when one cannot be read. */
function follow(value: bigint, offsets: readonly bigint[], { mm }: HitContext): bigint | undefined {
  if (offsets.length === 0) return value
  const word = new BigUint64Array(1)
  let result = value
  for (const offset of offsets) {
    const address = BigInt.asUintN(64, result + offset)
    if (!copyFromUser(mm, address, new Uint8Array(word.buffer))) return undefined
    result = word[0]!
  }
  return result
}
