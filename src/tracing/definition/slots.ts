// SPDX-License-Identifier: MIT
/** A fetch program has sixteen slots, numbered from 0; the last one is its end mark (spec 07 §5.4). */
export const lastSlot = 15
