// SPDX-License-Identifier: MIT
import { buildValidator } from './build-validator.ts'
import { generateMnemonics } from './generate-mnemonics.ts'

/** What must exist before the compiler runs, each step a file of its own. */
const steps: readonly (() => Promise<void>)[] = [buildValidator, generateMnemonics]

for (const step of steps) await step()
