// SPDX-License-Identifier: MIT
import type { CpuState } from '../../state.ts'

type Read = (view: DataView, at: number, index: number) => number

/** By the lowest two bits of the immediate: unsigned bytes or words, signed ones. */
const readers: readonly Read[] = [
  (view, at, n) => view.getUint8(at + n),
  (view, at, n) => view.getUint16(at + 2 * n, true),
  (view, at, n) => view.getInt8(at + n),
  (view, at, n) => view.getInt16(at + 2 * n, true),
]

/**
 * The bits that pcmpistri and its kin find, one for each element of the second string (Intel SDM 1 §14.7, "IntRes2"). `a` and
 * `b` are host addresses.
 */
export function compareStrings(
  { view }: CpuState,
  a: number,
  b: number,
  lengthA: number,
  lengthB: number,
  control: number,
): number {
  const read = readers[control & 3]!
  const count = (control & 1) === 0 ? 16 : 8
  let result = 0
  for (let n = 0; n < count; n++) {
    const found =
      (control & 12) === 0
        ? n < lengthB && isAnyOf(view, read, a, lengthA, read(view, b, n))
        : (control & 12) === 4
          ? n < lengthB && isInRanges(view, read, a, lengthA, read(view, b, n))
          : (control & 12) === 8
            ? isEqual(view, read, a, b, lengthA, lengthB, n)
            : startsAt(view, read, a, b, lengthA, lengthB, n, count)
    if (found) result |= 1 << n
  }
  return polarize(result, control, lengthB, count)
}

function isAnyOf(view: DataView, read: Read, a: number, lengthA: number, element: number): boolean {
  for (let n = 0; n < lengthA; n++) if (read(view, a, n) === element) return true
  return false
}

/** Pairs of bounds; an odd one at the end bounds nothing. */
function isInRanges(view: DataView, read: Read, a: number, lengthA: number, element: number): boolean {
  for (let n = 0; n + 1 < lengthA; n += 2)
    if (element >= read(view, a, n) && element <= read(view, a, n + 1)) return true
  return false
}

/** Elements behind both ends are equal, behind one end they are not. */
function isEqual(
  view: DataView,
  read: Read,
  a: number,
  b: number,
  lengthA: number,
  lengthB: number,
  n: number,
): boolean {
  if (n >= lengthA || n >= lengthB) return n >= lengthA && n >= lengthB
  return read(view, a, n) === read(view, b, n)
}

/** Whether the first string begins at element n of the second, as far as that can be seen. */
function startsAt(
  view: DataView,
  read: Read,
  a: number,
  b: number,
  lengthA: number,
  lengthB: number,
  n: number,
  count: number,
): boolean {
  for (let k = 0; k < lengthA && n + k < count; k++)
    if (n + k >= lengthB || read(view, a, k) !== read(view, b, n + k)) return false
  return true
}

/** All bits inverted, or only those of elements that are there. */
function polarize(result: number, control: number, lengthB: number, count: number): number {
  if ((control & 0x10) === 0) return result
  return result ^ ((1 << ((control & 0x20) === 0 ? count : lengthB)) - 1)
}
