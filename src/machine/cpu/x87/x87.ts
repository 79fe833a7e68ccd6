// SPDX-License-Identifier: MIT
import type { Family } from '../instructions/family.ts'
import { x87Arithmetic } from './arithmetic.ts'
import { x87Compare } from './compare.ts'
import { x87Constants } from './constants.ts'
import { x87Control } from './control.ts'
import { x87EnvironmentMoves } from './environment-moves.ts'
import { x87IntegerStores } from './integer-stores.ts'
import { x87Loads } from './loads.ts'
import { x87Registers } from './registers-only.ts'
import { x87Remainder } from './remainder.ts'
import { x87Scale } from './scale.ts'
import { x87Stores } from './stores.ts'
import { x87Transcendental } from './transcendental/transcendental.ts'

/** The x87 floating-point unit. */
export const x87: Family = [
  ...x87Arithmetic,
  ...x87Compare,
  ...x87Constants,
  ...x87Control,
  ...x87EnvironmentMoves,
  ...x87IntegerStores,
  ...x87Loads,
  ...x87Registers,
  ...x87Remainder,
  ...x87Scale,
  ...x87Stores,
  ...x87Transcendental,
]
