// SPDX-License-Identifier: MIT
import type { OutsideEntry, OutsideFolder } from '../../src/kernel/fs/outside-tree.ts'
import { assemble } from '../../src/program/assembler/assemble.ts'

/** A tree in words: text or bytes are files that can be executed, `-> target` is a link, `=> target` one that leaves the tree. */
export type TreeInWords = { readonly [name: string]: string | Uint8Array | TreeInWords }

export function rootFolder(tree: TreeInWords): OutsideFolder {
  return { list: () => Object.entries(tree).map(([name, value]) => entryOf(name, value)) }
}

function entryOf(name: string, value: TreeInWords[string]): OutsideEntry {
  if (typeof value === 'object' && !(value instanceof Uint8Array))
    return { kind: 'folder', name, mode: 0o755, folder: rootFolder(value) }
  const link = typeof value === 'string' ? /^([-=])> (.*)$/.exec(value) : null
  if (link) return { kind: 'link', name, mode: 0o777, target: link[2]!, leaves: link[1] === '=' }
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  const read = (offset: number, length: number): Uint8Array => bytes.subarray(offset, offset + length)
  const mode = value === 'not executable' ? 0o644 : 0o755
  return { kind: 'file', name, mode, file: { size: bytes.length, readable: true, read } }
}

/** A program that can be loaded anywhere, and that wants to be loaded by another one. */
export async function interpretedProgram(text: string, interpreter?: string): Promise<Uint8Array> {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(match => match.index + 1)]
  const origin = { file: { path: 'test.s', text }, lineStarts }
  const built = await assemble([{ text, origin }], { name: 'program', pie: true })
  if (!built.ok) throw new Error(built.diagnostics[0]!.message)
  return interpreter === undefined ? built.value.bytes : withInterpreter(built.value.bytes, interpreter)
}

/** The header that says how the stack is protected becomes the one that names the interpreter. */
function withInterpreter(bytes: Uint8Array, path: string): Uint8Array {
  const name = new TextEncoder().encode(`${path}\0`)
  const result = new Uint8Array(bytes.length + name.length)
  result.set(bytes)
  result.set(name, bytes.length)
  const view = new DataView(result.buffer)
  const count = view.getUint16(56, true)
  const header = Array.from({ length: count }, (_, index) => 64 + index * 56).find(
    at => view.getUint32(at, true) === 0x6474e551,
  )!
  view.setUint32(header, 3, true)
  view.setBigUint64(header + 8, BigInt(bytes.length), true)
  view.setBigUint64(header + 32, BigInt(name.length), true)
  view.setBigUint64(header + 40, BigInt(name.length), true)
  return result
}
