// SPDX-License-Identifier: MIT
import type { Mnemonic } from 'iced-x86'
import type { Compiler } from '../operands.ts'

/**
 * A family of instructions is a file with a table: mnemonic and the function that makes an operation of one decoded
 * instruction. To add an instruction:
 *
 * 1. Write a compiler `(cpu, instruction) => operation` in the file of its family. Everything that depends on the
 *    instruction alone (widths, places of registers, constants) is settled outside of the operation that it returns.
 *    Make operations in functions of the module, never in a class or a per-machine closure, so that the JavaScript engine
 *    keeps what it has learned about them from one boot to the next.
 * 2. In the operation, first find the operands (`locateForRead`, `locateAligned`), the one that is written last
 *    (`locateForWrite`); return -1 when one is negative, before anything has changed. Then compute, write, set the flags
 *    (`flags.ts`) and return `finish(cpu)` for a memory operand, else 0.
 * 3. Registers of 4 bytes clear the upper half when written; those of 1 and 2 bytes keep the rest.
 * 4. Return undefined from the compiler for a form that is not done: it then ends the run as missing, with its bytes.
 * 5. Add the table to `instructions.ts` if the file is new, and hold it to recorded vectors: `npm run -s vectors -- FILE`.
 */
export type Family = readonly (readonly [Mnemonic, Compiler])[]
