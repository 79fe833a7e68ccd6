// SPDX-License-Identifier: MIT
import { attributeCalls } from './attribute-calls.ts'
import { controlCalls } from './control-calls.ts'
import { copyCalls } from './copy-calls.ts'
import { descriptorCalls } from './descriptor-calls.ts'
import { environmentCalls } from './environment-calls.ts'
import { epollCalls } from './epoll-calls.ts'
import { fileCalls } from './file-calls.ts'
import { fileStateCalls } from './file-state-calls.ts'
import { folderCalls } from './folder-calls.ts'
import { futexCalls } from './futex-calls.ts'
import { identityCalls } from './identity-calls.ts'
import { lockCalls } from './lock-calls.ts'
import { memoryCalls } from './memory-calls.ts'
import { messageCalls } from './message-calls.ts'
import { nameCalls } from './name-calls.ts'
import { permissionCalls } from './permission-calls.ts'
import { posixTimerCalls } from './posix-timer-calls.ts'
import { processCalls } from './process-calls.ts'
import { refusedCalls } from './refused-calls.ts'
import { schedulerCalls } from './scheduler-calls.ts'
import { selectCalls } from './select-calls.ts'
import { semaphoreCalls } from './semaphore-calls.ts'
import { sharedMemoryCalls } from './shared-memory-calls.ts'
import { signalCalls } from './signal-calls.ts'
import { socketCalls } from './socket-calls.ts'
import { socketMessageCalls } from './socket-messages.ts'
import { socketOptionCalls } from './socket-options.ts'
import { specialCalls } from './special-calls.ts'
import { statCalls } from './stat-calls.ts'
import type { SystemCall } from './system-call.ts'
import { timeCalls } from './time-calls.ts'
import { timerCalls } from './timer-calls.ts'
import { transferCalls } from './transfer-calls.ts'
import { usageCalls } from './usage-calls.ts'

/** Every system call there is, by its number. */
export const systemCalls: ReadonlyMap<number, SystemCall> = new Map(
  [
    ...memoryCalls,
    ...transferCalls,
    ...fileCalls,
    ...fileStateCalls,
    ...controlCalls,
    ...descriptorCalls,
    ...statCalls,
    ...folderCalls,
    ...nameCalls,
    ...permissionCalls,
    ...attributeCalls,
    ...processCalls,
    ...signalCalls,
    ...timeCalls,
    ...timerCalls,
    ...environmentCalls,
    ...futexCalls,
    ...selectCalls,
    ...epollCalls,
    ...specialCalls,
    ...posixTimerCalls,
    ...lockCalls,
    ...copyCalls,
    ...schedulerCalls,
    ...identityCalls,
    ...socketCalls,
    ...socketMessageCalls,
    ...socketOptionCalls,
    ...usageCalls,
    ...sharedMemoryCalls,
    ...semaphoreCalls,
    ...messageCalls,
    ...refusedCalls,
  ]
    .sort((a, b) => a.number - b.number)
    .map(call => [call.number, call]),
)
