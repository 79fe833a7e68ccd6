// SPDX-License-Identifier: MIT
import { gunzipSync } from 'node:zlib'
import { checkTrace } from './check-trace.ts'
import { checkVectors } from './check-vectors.ts'
import { traceMagic } from './read-trace.ts'
import { vectorMagic } from './read-vectors.ts'
import type { Verdict } from './verdict.ts'

/** Checks the contents of a vector or trace file, compressed or not; undefined when it is neither. Traces go `stride` instructions at a time. */
export function checkFile(contents: Uint8Array, stride = 1): Generator<Verdict> | undefined {
  const file = contents[0] === 0x1f && contents[1] === 0x8b ? gunzipSync(contents) : contents
  const magic = String.fromCharCode(...file.subarray(0, 8))
  if (magic === vectorMagic) return checkVectors(file)
  if (magic === traceMagic) return checkTrace(file, stride)
  return undefined
}
