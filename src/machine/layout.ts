// SPDX-License-Identifier: MIT
/**
 * Where the processor's state lies in the machine's memory, as byte offsets. Registers, operands and guest pages share one
 * memory so that every operand of an instruction is simply a host address.
 */
export const Layout = {
  /** `registerCount` quadwords, the live register file. */
  registers: 0,
  /** The last of the registers, `selectors`. */
  selectors: 160,
  /** A quadword that is always zero: the missing base or index of an address. */
  zero: 168,
  /** Quadwords for operands on their way between memory and an arithmetic kernel. */
  scratchA: 176,
  scratchB: 184,
  /** Four words, see `cpu/flags.ts`. */
  flags: 192,
  /** The low and high half of an effective address. */
  address: 208,
  /** One more quadword for operands. */
  scratchC: 216,
  /** Two rows of 16 bytes for instructions that sort their lanes before they compute. */
  lanes: 224,
  /** Two rows of 16 bytes in which the operands of MMX instructions look like xmm registers. */
  mmx: 256,
  /** The fxsave image (Intel SDM 1 §10.5.1), but for x87 registers, which stand in physical order. */
  extended: 0x200,
  /** Where an access that crosses a page is gathered. */
  readBounce: 0x400,
  writeBounce: 0x600,
  readTlb: 0x1000,
  writeTlb: 0x3000,
  fetchTlb: 0x5000,
  /** Immediate operands of decoded instructions. */
  constants: 0x8000,
  constantsEnd: 0x10_0000,
  frames: 0x10_0000,
} as const

/** Offset of xmm0 in the extended state; MXCSR and the x87 words likewise. */
export const Extended = {
  controlWord: 0,
  statusWord: 2,
  tagByte: 4,
  opcode: 6,
  instructionPointer: 8,
  dataPointer: 16,
  mxcsr: 24,
  mxcsrMask: 28,
  x87: 32,
  xmm: 160,
  bytes: 512,
} as const

/** Entries of each TLB; an entry is four words: page address low, page address high, host address of the page, unused. */
export const tlbEntries = 512
export const tlbWords = tlbEntries * 4
