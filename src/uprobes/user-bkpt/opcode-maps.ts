// SPDX-License-Identifier: MIT
/**
 * What follows each opcode, one letter an opcode and sixteen a row (Intel SDM 2D appendix A): `m` ModRM, `b w z v` an immediate of 8 bits,
 * 16 bits, operand size up to 32 bits, operand size; `M Z` ModRM and `b`, `z`; `j` a near displacement, `o` an absolute address, `p` a far
 * pointer, `e` the two immediates of enter; `x y` ModRM and `b`, `z` when its reg field is 0 or 1; `.` nothing. Opcodes that mean
 * nothing are `.`: the kernel's reader gives them a length all the same (spec 02 §3.2).
 */
export type Layout = string

const oneByte = [
  'mmmmbz..mmmmbz..',
  'mmmmbz..mmmmbz..',
  'mmmmbz..mmmmbz..',
  'mmmmbz..mmmmbz..',
  '................',
  '................',
  '..mm....zZbM....',
  'bbbbbbbbbbbbbbbb',
  'MZMMmmmmmmmmmmmm',
  '..........p.....',
  'oooo....bz......',
  'bbbbbbbbvvvvvvvv',
  'MMw.mmMZe.w..b..',
  'mmmmbb..mmmmmmmm',
  'bbbbbbbbjjpb....',
  '......xy......mm',
].join('')

const twoByte = [
  'mmmm.........m.M',
  'mmmmmmmmmmmmmmmm',
  'mmmm....mmmmmmmm',
  '................',
  'mmmmmmmmmmmmmmmm',
  'mmmmmmmmmmmmmmmm',
  'mmmmmmmmmmmmmmmm',
  'MMMMmmm.mm..mmmm',
  'jjjjjjjjjjjjjjjj',
  'mmmmmmmmmmmmmmmm',
  '...mMmmm...mMmmm',
  'mmmmmmmmmmMmmmmm',
  'mmMmMMMm........',
  'mmmmmmmmmmmmmmmm',
  'mmmmmmmmmmmmmmmm',
  'mmmmmmmmmmmmmmm.',
].join('')

/** Layout behind an opcode with its escapes. */
export function layoutOf(opcode: readonly number[]): Layout {
  const [first, second] = opcode
  if (first !== 0x0f) return oneByte[first!]!
  if (second === 0x38) return 'm'
  if (second === 0x3a) return 'M'
  return twoByte[second!]!
}

/** Layout behind an opcode of a VEX, EVEX or XOP map, or undefined for what the kernel does not have in it. */
export function vectorLayoutOf(map: number, opcode: number): Layout | undefined {
  if (map === 2 || map === 5 || map === 6 || map === 9) return 'm'
  if (map === 3) return isOfFourOperands(opcode) ? undefined : 'M'
  if (map === 8) return 'M'
  if (map === 10) return 'Z'
  if (map !== 1) return undefined
  if (opcode === 0x77) return '.'
  return (opcode >= 0x70 && opcode <= 0x73) || [0xc2, 0xc4, 0xc5, 0xc6].includes(opcode) ? 'M' : 'm'
}

/** Fused multiplications and permutations that only processors of AMD had (FMA4, and vpermil2ps and vpermil2pd of XOP). */
function isOfFourOperands(opcode: number): boolean {
  if (opcode === 0x48 || opcode === 0x49) return true
  return (opcode >= 0x5c && opcode <= 0x5f) || (opcode & 0xe8) === 0x68
}
