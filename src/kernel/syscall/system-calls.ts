// SPDX-License-Identifier: MIT

import { descriptorCalls } from './descriptor-calls.ts'
import { environmentCalls } from './environment-calls.ts'
import { fileCalls } from './file-calls.ts'
import { folderCalls } from './folder-calls.ts'
import { futexCalls } from './futex-calls.ts'
import { memoryCalls } from './memory-calls.ts'
import { processCalls } from './process-calls.ts'
import { signalCalls } from './signal-calls.ts'
import { statCalls } from './stat-calls.ts'
import type { SystemCall } from './system-call.ts'
import { timeCalls } from './time-calls.ts'
import { timerCalls } from './timer-calls.ts'

/** Every system call there is, by its number. */
export const systemCalls: ReadonlyMap<number, SystemCall> = new Map(
  [
    ...memoryCalls,
    ...fileCalls,
    ...descriptorCalls,
    ...statCalls,
    ...folderCalls,
    ...processCalls,
    ...signalCalls,
    ...timeCalls,
    ...timerCalls,
    ...environmentCalls,
    ...futexCalls,
  ]
    .sort((a, b) => a.number - b.number)
    .map(call => [call.number, call]),
)
