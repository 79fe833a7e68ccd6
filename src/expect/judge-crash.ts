// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Expectation } from '../scenario/scenario.ts'
import type { Run } from './run.ts'

/** What went wrong in running, less a crash of the kernel that is expected; and a crash that is expected and did not come. */
export function judgeCrash({ crash: expected }: Expectation, run: Run): readonly Diagnostic[] {
  if (!expected) return run.diagnostics
  if (run.crash === expected.value) return run.diagnostics.filter(({ code }) => code !== 'T016')
  if (run.crash !== undefined) return run.diagnostics
  const missing: Diagnostic = {
    code: 'T016',
    severity: 'error',
    message: `the kernel was to crash by its bug ${expected.value}, and it did not`,
    labels: [{ span: expected.span }],
  }
  return [...run.diagnostics, missing]
}
