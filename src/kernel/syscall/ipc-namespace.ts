// SPDX-License-Identifier: MIT
import { IpcObjects } from './ipc-objects.ts'
import type { MessageQueue } from './message-calls.ts'
import type { SemaphoreArray } from './semaphore-calls.ts'
import type { SharedSegment } from './shared-memory-calls.ts'

/** The System V objects of one boot. */
export class IpcNamespace {
  readonly segments = new IpcObjects<SharedSegment>()
  readonly semaphores = new IpcObjects<SemaphoreArray>()
  readonly queues = new IpcObjects<MessageQueue>()
}
