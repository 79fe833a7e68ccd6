// SPDX-License-Identifier: MIT
import type { Kernel } from '../../kernel/kernel.ts'

/** WARN_ON_ONCE: each warning comes into the kernel log once, whoever gives the occasion. */
export class Warnings {
  readonly #kernel: Kernel
  readonly #given = new Set<string>()

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  warn(text: string): void {
    if (this.#given.has(text)) return
    this.#given.add(text)
    this.#kernel.log(`WARNING: ${text}`)
  }
}
