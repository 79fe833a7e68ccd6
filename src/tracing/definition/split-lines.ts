// SPDX-License-Identifier: MIT
/** Characters that the kernel reads at a time; a line with its line break must fit. */
const chunk = 4095

/** The lines of a write, up to and with the first that is too long. */
export function* splitLines(text: string): Generator<string | 'too long'> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start)
    const length = end < 0 ? text.length - start : end + 1 - start
    if (length > chunk) return yield 'too long'
    yield text.slice(start, end < 0 ? text.length : end)
    start += length
  }
}
