// SPDX-License-Identifier: MIT
/** Every code a diagnostic may carry: its meaning, as `trapline explain CODE` prints it. Codes are never reused. */
export const codes = {
  Y001: 'The file is not well-formed YAML.',
  S002: 'A key is not known at this place.',
  R002: 'A name stands for nothing in this file.',
  B001: 'The assembler does not know this mnemonic.',
  T001: 'An event happened that the expectation does not allow at this point.',
  T008: 'The run did more steps than `limits: { instructions: n }` allows (1000000 unless the file says otherwise). The notes say where every task was.',
  T009: 'Every task sleeps, no deadline is near, and nothing is left that could wake one of them.',
  T010: 'A turn of the schedule cannot be taken: its task does not exist, is gone, or sleeps; or what `until:` waits for never came.',
  T011: 'The kernel refused to attach a probe, and the scenario does not say that it should (`refused:`, or an `attach` event with an `errno`).',
  T012: 'The machine or the kernel could not go on: an instruction or a resource that is missing. The run ends there, nothing is skipped.',
  I001: 'A bug in trapline.',
} as const satisfies Record<string, string>

export type Code = keyof typeof codes
