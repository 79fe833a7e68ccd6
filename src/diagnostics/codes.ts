// SPDX-License-Identifier: MIT
/** Every code a diagnostic may carry: its meaning, as `trapline explain CODE` prints it. Codes are never reused. */
export const codes = {
  Y001: 'The file is not well-formed YAML.',
  S002: 'A key is not known at this place.',
  R002: 'A name stands for nothing in this file.',
  B001: 'The assembler does not know this mnemonic.',
  B002: 'The operands do not fit the instruction. The help lists the forms that the assembler knows.',
  B003: 'A label is used that the text does not define.',
  B004: 'A label is defined twice. Numeric labels (`1:`) may repeat; names may not.',
  B005: 'A directive is not known, or what follows it does not fit.',
  B006: 'A line of assembly cannot be read: a sign or a bracket is out of place.',
  B007: 'A memory operand has no size, and nothing else in the instruction tells it. Write `byte ptr`, `dword ptr` and so on, or in AT&T syntax a suffix.',
  B008: 'A number, an address or a distance does not fit where it is written.',
  B009: 'A position-independent program cannot hold an absolute address. Use `[rip + label]`.',
  B010: 'A file is not a readable ELF program: truncated, contradictory or of another format.',
  B011: 'An ELF file is well-formed but no program for x86-64 Linux that can be started.',
  B012: 'A thread cannot be started as written: too many arguments, or a register that the start stub cannot set.',
  B020: 'The C compiler refused the program. Its words follow.',
  B021: 'The C compiler could not be run at all, or did not end in time.',
  T001: 'An event happened that the expectation does not allow at this point.',
  T008: 'The run did more steps than `limits: { instructions: n }` allows (1000000 unless the file says otherwise). The notes say where every task was.',
  T009: 'Every task sleeps, no deadline is near, and nothing is left that could wake one of them.',
  T010: 'A turn of the schedule cannot be taken: its task does not exist, is gone, or sleeps; or what `until:` waits for never came.',
  T011: 'The kernel refused to attach a probe, and the scenario does not say that it should (`refused:`, or an `attach` event with an `errno`).',
  T012: 'The machine or the kernel could not go on: an instruction or a resource that is missing. The run ends there, nothing is skipped.',
  L020: 'A scenario has the focus (`only: true`) where that is forbidden: by `--forbid-only`, or because CI is set.',
  L021: 'A golden file that no test compares itself with. Remove it, or restore the scenario or variant that wrote it.',
  I001: 'A bug in trapline.',
  I002: 'Two runs of the same test differed (`--verify-deterministic`): a bug in trapline.',
} as const satisfies Record<string, string>

export type Code = keyof typeof codes
