// SPDX-License-Identifier: MIT
import { badStatuses, describeCounts, describeSeconds } from './counts.ts'
import { failureText } from './failure-text.ts'
import { firstFailure } from './first-failure.ts'
import type { Reporter, Result } from './messages.ts'

/**
 * For pipes and logs: one line a test, which `grep` finds by its first word; then the failures in full; the sum is the
 * last line. No cursor movement and no glyphs.
 */
export const lines: Reporter = (write, options) => {
  const failures: Result[] = []
  let seed: number | undefined
  return message => {
    if (message.type === 'run') seed = message.seed
    if (message.type === 'result') {
      if (badStatuses.has(message.status)) failures.push(message)
      if (!options.quiet || badStatuses.has(message.status)) {
        write(`${resultLine(message)}\n${options.verbose ? `  ${message.title}\n` : ''}`)
      }
    }
    if (message.type === 'summary') {
      for (const failure of failures)
        if (failure.status !== 'xpass') write(`\n${failureText(failure, options)}`)
      if (failures.length > 0) write('\n')
      const parts = [describeCounts(message.counts).join(', ')]
      if (message.stopped) parts.push(message.stopped === 'bail' ? 'stopped by --bail' : 'interrupted')
      if (seed !== undefined) parts.push(`seed ${seed}`)
      parts.push(describeSeconds(message.milliseconds))
      write(`${parts.join('   ')}\n`)
    }
  }
}

function resultLine(result: Result): string {
  const { id, reason } = result
  switch (result.status) {
    case 'passed':
      return `PASS ${id} ${result.milliseconds}ms`
    case 'failed':
      return `FAIL ${id} ${result.milliseconds}ms ${firstFailure(result.diagnostics)}`
    case 'invalid':
      return `INVALID ${id} ${firstFailure(result.diagnostics)}`
    case 'skipped':
    case 'unsupported':
      return `SKIP ${id}: ${reason}`
    case 'xfail':
      return `XFAIL ${id}: ${reason}`
    case 'xpass':
      return `FAIL ${id} ${result.milliseconds}ms passed, but is marked xfail: ${reason}`
  }
}
