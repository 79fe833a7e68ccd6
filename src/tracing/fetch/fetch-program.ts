// SPDX-License-Identifier: MIT

import { storedSize } from '../definition/types.ts'
import type { Definition, Fetch, FetchArgument, FetchType } from '../definition.ts'
import { headerSize } from '../record/fields.ts'

export type Load =
  | Exclude<Fetch, { kind: 'memory' | 'file-offset' | 'dereference' }>
  | { kind: 'bias'; offset: bigint }

/** An argument taken apart: load a value, follow pointers, store. */
export type FetchProgram = {
  readonly type: FetchType
  /** Bytes from the start of the argument data. */
  readonly at: number
  readonly load: Load
  /** Offsets of the pointers to follow, innermost first. */
  readonly dereferences: readonly bigint[]
  /** The value that is stored lies in memory at this offset from what the pointers led to; undefined: the value itself is stored. */
  readonly storeOffset: bigint | undefined
}

export type EventProgram = {
  readonly header: number
  /** Bytes of the fixed part of the arguments. */
  readonly size: number
  readonly arguments: readonly FetchProgram[]
}

/** Prepares a definition's arguments for fetching. */
export function compileFetch(definition: Definition): EventProgram {
  let size = 0
  const programs = definition.arguments.map(argument => {
    const program = compileArgument(argument, size)
    size += storedSize(argument.type)
    return program
  })
  return { header: headerSize(definition.kind), size, arguments: programs }
}

function compileArgument({ fetch, type }: FetchArgument, at: number): FetchProgram {
  const { load, dereferences } = flatten(fetch)
  const isString = type.base === 'string'
  // The last dereference is the store, except that the elements of a string array are pointers, which are followed one by one.
  if (dereferences.length > 0 && !(isString && type.count !== undefined)) {
    return { type, at, load, dereferences: dereferences.slice(0, -1), storeOffset: dereferences.at(-1)! }
  }
  return { type, at, load, dereferences, storeOffset: isString ? 0n : undefined }
}

function flatten(fetch: Fetch): { load: Load; dereferences: bigint[] } {
  switch (fetch.kind) {
    case 'dereference': {
      const { load, dereferences } = flatten(fetch.of)
      return { load, dereferences: [...dereferences, fetch.offset] }
    }
    case 'memory':
      return { load: { kind: 'immediate', value: fetch.address }, dereferences: [0n] }
    case 'file-offset':
      return { load: { kind: 'bias', offset: fetch.offset }, dereferences: [0n] }
    default:
      return { load: fetch, dereferences: [] }
  }
}
