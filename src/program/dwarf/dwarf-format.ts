// SPDX-License-Identifier: MIT
/** Numbers of DWARF 2 to 5 that are used here (DWARF 5 §7.5). */
export const Tag = { inlinedSubroutine: 0x1d, subprogram: 0x2e } as const

export const Attribute = {
  name: 0x03,
  lowPc: 0x11,
  abstractOrigin: 0x31,
  specification: 0x47,
  entryPc: 0x52,
  ranges: 0x55,
  callLine: 0x59,
  linkageName: 0x6e,
  strOffsetsBase: 0x72,
  addrBase: 0x73,
  rnglistsBase: 0x74,
  dwoName: 0x76,
  mipsLinkageName: 0x2007,
  gnuDwoName: 0x2130,
} as const

/** Kinds of units that have more in their header (DWARF 5 §7.5.1). */
export const UnitType = { type: 2, skeleton: 4, splitCompile: 5, splitType: 6 } as const
