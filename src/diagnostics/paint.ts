// SPDX-License-Identifier: MIT
/** How the parts of a diagnostic are coloured; the text reads the same without. */
export type Paint = Readonly<Record<'error' | 'warning' | 'frame' | 'strong', (text: string) => string>>

const plain = (text: string) => text
const sgr = (code: string) => (text: string) => (text === '' ? '' : `\x1b[${code}m${text}\x1b[0m`)

export const paintNothing: Paint = { error: plain, warning: plain, frame: plain, strong: plain }
export const paintTerminal: Paint = {
  error: sgr('1;31'),
  warning: sgr('1;33'),
  frame: sgr('1;34'),
  strong: sgr('1'),
}
