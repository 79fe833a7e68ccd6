// SPDX-License-Identifier: MIT
import type { DieNotifier, KernelPath, Task } from '../../../kernel/kernel.ts'
import { claimBreakpoint, isProbed, mayHaveProbes, stepExecuted } from '../../hit/claim-trap.ts'
import type { HitParts } from '../../hit/parts.ts'
import { resume } from '../../hit/resume.ts'
import { stateOf } from '../../hit/task-state.ts'

/**
 * `handlers: notifier` (spec 08 §8): a hit is handled where its trap is, in the die notifier, and so are the fix-ups of its step. Needs no work
 * on the way back to user mode, so no signal and no other thread of this processor comes in between; and as the probe is looked up at once,
 * a breakpoint of the program's own in a probed process is nobody's, and stays a SIGTRAP. It fails where anything would have to wait: a
 * handler that sleeps is told in the log and does not sleep, arguments that are not in memory are not fetched, nobody waits for a slot, no
 * nop becomes a call, and a fix-up that writes the stack is left to the way back to user mode all the same.
 */
export function handleInNotifier(parts: HitParts): DieNotifier {
  return (trap, task) => {
    if (!claims(parts, trap, task)) return 'done'
    if (trap === 'debug' && endMightSleep(task)) {
      task.resumeWork = true
      return 'stop'
    }
    return { verdict: 'stop', path: handleNow(parts, task) }
  }
}

/** A path also of what could be done at once: it is done where the kernel runs it, in exception context. */
function* handleNow(parts: HitParts, task: Task): KernelPath {
  const path = resume(parts, task)
  if (path) yield* path
}

function claims(parts: HitParts, trap: 'int3' | 'debug', task: Task): boolean {
  if (trap === 'debug') return stepExecuted(task)
  return mayHaveProbes(task) && isProbed(parts, task) && claimBreakpoint(task)
}

/** Of the step that has just been executed. The fix-up bit SLEEPY of 2010: the return address that a call has pushed is corrected in user memory. */
function endMightSleep(task: Task): boolean {
  const { action } = stateOf(task)!.active!.uprobe.analysis!
  return action.kind === 'step' && action.fixUps.call
}
