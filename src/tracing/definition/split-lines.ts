// SPDX-License-Identifier: MIT
import { fromKernelText, toKernelText } from '../kernel-text.ts'

/** Bytes that the kernel reads at a time; a line with its line break must fit. */
const chunk = 4095

/** The lines of a write, up to and with the first that is too long. One that a NUL ends passes for too long. */
export function* splitLines(written: string): Generator<string | 'too long'> {
  const text = toKernelText(written)
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start)
    const length = end < 0 ? text.length - start : end + 1 - start
    const line = text.slice(start, end < 0 ? text.length : end)
    if (length > chunk || line.includes('\0')) return yield 'too long'
    yield fromKernelText(line)
    start += length
  }
}
