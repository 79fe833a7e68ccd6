// SPDX-License-Identifier: MIT
import type { SignalInfo } from '../kernel.ts'
import { bit, firstRealTime, synchronousMask } from './signal-numbers.ts'

/** A set of pending signals: one of each ordinary number, any number of the real-time ones, in order of arrival. */
export class PendingSignals {
  mask = 0n
  #queue: SignalInfo[] = []

  /** False when an ordinary signal of this number is pending already: the new one is lost. */
  add(info: SignalInfo): boolean {
    if (info.signal < firstRealTime && (this.mask & bit(info.signal)) !== 0n) return false
    this.mask |= bit(info.signal)
    this.#queue.push(info)
    return true
  }

  /** The next of those in `wanted`: synchronous ones first, then the lowest number. */
  next(wanted: bigint): number | undefined {
    const candidates = this.mask & wanted
    if (candidates === 0n) return undefined
    return lowest((candidates & synchronousMask) !== 0n ? candidates & synchronousMask : candidates)
  }

  /** The oldest that an instruction has brought about (a positive si_code), where it is wanted. */
  nextSynchronous(wanted: bigint): SignalInfo | undefined {
    if ((this.mask & wanted & synchronousMask) === 0n) return undefined
    return this.#queue.find(info => info.code > 0 && (bit(info.signal) & wanted & synchronousMask) !== 0n)
  }

  take(signal: number): SignalInfo | undefined {
    const index = this.#queue.findIndex(info => info.signal === signal)
    return index < 0 ? undefined : this.#remove(index)
  }

  takeThis(info: SignalInfo): void {
    const index = this.#queue.indexOf(info)
    if (index >= 0) this.#remove(index)
  }

  peek(signal: number): SignalInfo | undefined {
    return this.#queue.find(info => info.signal === signal)
  }

  drop(signals: bigint): void {
    this.#queue = this.#queue.filter(info => (bit(info.signal) & signals) === 0n)
    this.mask &= ~signals
  }

  #remove(index: number): SignalInfo {
    const [info] = this.#queue.splice(index, 1)
    if (!this.#queue.some(other => other.signal === info!.signal)) this.mask &= ~bit(info!.signal)
    return info!
  }
}

function lowest(mask: bigint): number {
  let signal = 1
  while ((mask & bit(signal)) === 0n) signal++
  return signal
}
