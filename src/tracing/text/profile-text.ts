// SPDX-License-Identifier: MIT
import type { ProfileLine } from '../trace-events.ts'

/** The `uprobe_profile` file: path, event without its group, entry hits (spec 07 §1). */
export function profileText(lines: readonly ProfileLine[]): string {
  return lines
    .map(({ path, event, hits }) => `  ${path} ${event.padEnd(44)} ${String(hits).padStart(15)}\n`)
    .join('')
}
