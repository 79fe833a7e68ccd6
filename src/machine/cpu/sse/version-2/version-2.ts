// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from '../../instructions/family.ts'
import { checksum } from './checksum.ts'
import { dotProduct } from './dot-product.ts'
import { newerIntegers } from './integers.ts'
import { extractWords, lanes } from './lanes.ts'
import { rounding } from './rounding.ts'
import { ssse3 } from './ssse3.ts'
import { strings42 } from './strings.ts'

/** What the level x86-64-v2 adds: SSSE3, SSE4.1 and SSE4.2. */
export const version2: Family = [
  ...ssse3,
  ...newerIntegers,
  ...lanes,
  ...rounding,
  ...dotProduct,
  ...strings42,
  ...checksum,
  [Mnemonic.Pextrw, extractWords],
]
