// SPDX-License-Identifier: MIT
/** Every code a diagnostic may carry: its meaning, as `trapline explain CODE` prints it. Codes are never reused. */
export const codes = {
  Y001: 'The file is not well-formed YAML.',
  S002: 'A key is not known at this place.',
  R002: 'A name stands for nothing in this file.',
  B001: 'The assembler does not know this mnemonic.',
  T001: 'An event happened that the expectation does not allow at this point.',
  I001: 'A bug in trapline.',
} as const satisfies Record<string, string>

export type Code = keyof typeof codes
