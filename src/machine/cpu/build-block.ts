// SPDX-License-Identifier: MIT
import { pageShift, pageSize } from '../machine.ts'
import { Block } from './block.ts'
import type { CodePage } from './code-cache.ts'
import { type Decoded, longestInstruction, openDecoder } from './decode/decoder.ts'
import { endsBlock } from './decode/ends-block.ts'
import type { Instruction } from './decode/instruction.ts'
import { fuse } from './fuse.ts'
import { compile } from './instructions/instructions.ts'
import type { Operation } from './operation.ts'
import type { CpuState } from './state.ts'
import { protectFrame, translateFetch } from './translation.ts'

/** Longest block, and the bytes that are read for one. */
const mostInstructions = 48
const windowBytes = 256

/** Decodes the block at an offset of a page, or returns undefined after a fault of fetching its first instruction. */
export function buildBlock(cpu: CpuState, page: CodePage, offset: number): Block | undefined {
  const begin = page.frame << pageShift
  const end = Math.min(pageSize, offset + windowBytes)
  const address = (BigInt(page.high) << 32n) | BigInt((page.low | offset) >>> 0)
  const bytes = cpu.u8.slice(begin + offset, begin + end)
  const decoder = openDecoder(bytes, BigInt.asUintN(64, address))
  const operations: Operation[] = []
  const instructions: (Instruction | undefined)[] = []
  const starts = [0]
  let length = 0
  let covered = 0
  let ended = false
  try {
    while (!ended && operations.length < mostInstructions) {
      const decoded = decoder.next()
      if (decoded.kind === 'incomplete') break
      if (decoded.kind === 'invalid') {
        operations.push(() => cpu.raise(decoded.vector, 0))
        instructions.push(undefined)
        length += 1
        covered = length + longestInstruction - 1
        ended = true
      } else {
        const { instruction } = decoded
        operations.push(compile(cpu, instruction))
        instructions.push(instruction)
        length += instruction.length
        ended = endsBlock(instruction)
      }
      starts.push(length)
      // Zeros are hardly ever code: what follows a short piece in a slot or a buffer is not worth decoding.
      if (bytes[length] === 0 && bytes[length + 1] === 0) break
    }
  } finally {
    decoder.free()
  }
  if (operations.length === 0) return buildCrossing(cpu, page, offset)
  const fast = ended ? fuse(cpu, operations, instructions) : operations.slice()
  const last = instructions.at(-1)
  if (!ended) {
    operations.push(endMarker)
    fast.push(endMarker)
  }
  const block = new Block({
    page,
    offset,
    starts,
    operations,
    fast,
    targetLow: last?.targetLow ?? 0,
    targetHigh: last?.targetHigh ?? 0,
    secondFrame: 0,
  })
  register(cpu, block, Math.max(length, covered))
  return block
}

/** The tail of a block as a block of its own, for a jump into the middle. */
export function splitBlock(cpu: CpuState, block: Block, index: number): Block {
  const start = block.starts[index]!
  const tail = new Block({
    page: block.page,
    offset: block.offset + start,
    starts: block.starts.slice(index).map(at => at - start),
    operations: block.operations.slice(index),
    // The fused end is shared unless the tail starts inside of it.
    fast: index < block.fast.length ? block.fast.slice(index) : block.operations.slice(index),
    targetLow: block.targetLow,
    targetHigh: block.targetHigh,
    secondFrame: 0,
  })
  register(cpu, tail, tail.starts.at(-1)!)
  return tail
}

function register(cpu: CpuState, block: Block, length: number): void {
  const { page, offset } = block
  const fresh = !cpu.code.holdsCode(page.frame)
  cpu.code.add(page, block, offset, Math.min(pageSize, offset + length))
  if (fresh) protectFrame(cpu, page.frame)
  const number = page.blocks.length - 1
  // The start belongs to this block; later instructions only where nobody has them.
  page.owner[offset] = number
  for (let n = 1; n < block.count; n++) page.owner[offset + block.starts[n]!] ||= number
}

/** One instruction that reaches into the next page: good for as long as that page is where it is. */
function buildCrossing(cpu: CpuState, page: CodePage, offset: number): Block | undefined {
  const nextLow = (page.low + pageSize) | 0
  const nextHigh = nextLow === 0 ? (page.high + 1) | 0 : page.high
  const second = translateFetch(cpu, nextLow, nextHigh)
  if (second < 0) return undefined
  const first = pageSize - offset
  const bytes = new Uint8Array(longestInstruction)
  const begin = page.frame << pageShift
  bytes.set(cpu.u8.subarray(begin + offset, begin + pageSize))
  bytes.set(cpu.u8.subarray(second << pageShift, (second << pageShift) + longestInstruction - first), first)
  const address = (BigInt(page.high) << 32n) | BigInt((page.low | offset) >>> 0)
  const decoder = openDecoder(bytes, BigInt.asUintN(64, address))
  let decoded: Decoded
  try {
    decoded = decoder.next()
  } finally {
    decoder.free()
  }
  const instruction = decoded.kind === 'instruction' ? decoded.instruction : undefined
  const vector = decoded.kind === 'invalid' ? decoded.vector : 13
  const operations: Operation[] = [
    instruction === undefined ? () => cpu.raise(vector, 0) : compile(cpu, instruction),
  ]
  if (instruction !== undefined && !endsBlock(instruction)) operations.push(endMarker)
  const block = new Block({
    page,
    offset,
    starts: [0, instruction?.length ?? 1],
    operations,
    fast: operations.slice(),
    targetLow: instruction?.targetLow ?? 0,
    targetHigh: instruction?.targetHigh ?? 0,
    secondFrame: second,
  })
  const frames = [page.frame, second].filter(frame => !cpu.code.holdsCode(frame))
  cpu.code.addCrossing(page, block)
  cpu.code.addTail(second, longestInstruction - first, page, block)
  for (const frame of frames) protectFrame(cpu, frame)
  return block
}

const endMarker: Operation = () => 7
