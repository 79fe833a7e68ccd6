// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from './family.ts'

const rdx = 16

/** Sign extension within rax, and of rax into rdx. */
export const conversions: Family = [
  [
    Mnemonic.Cbw,
    ({ view }) =>
      () => {
        view.setInt16(0, view.getInt8(0), true)
        return 0
      },
  ],
  [
    Mnemonic.Cwde,
    ({ i32, view }) =>
      () => {
        i32[0] = view.getInt16(0, true)
        i32[1] = 0
        return 0
      },
  ],
  [
    Mnemonic.Cdqe,
    ({ i32 }) =>
      () => {
        i32[1] = i32[0]! >> 31
        return 0
      },
  ],
  [
    Mnemonic.Cwd,
    ({ view }) =>
      () => {
        view.setInt16(rdx, view.getInt16(0, true) >> 15, true)
        return 0
      },
  ],
  [
    Mnemonic.Cdq,
    ({ i32 }) =>
      () => {
        i32[4] = i32[0]! >> 31
        i32[5] = 0
        return 0
      },
  ],
  [
    Mnemonic.Cqo,
    ({ i32 }) =>
      () => {
        const sign = i32[1]! >> 31
        i32[4] = sign
        i32[5] = sign
        return 0
      },
  ],
]
