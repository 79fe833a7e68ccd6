// SPDX-License-Identifier: MIT
import type { Fetch } from '../definition.ts'
import { Fault } from './fault.ts'
import { parseUnsigned } from './numbers.ts'

/** Words of a kernel stack: the bound on N of `$argN`. */
const maximumParameter = 2048n

/** What stands behind a `$`; the `$` is at `offset` (spec 07 §5.4). */
export function parseVariable(name: string, offset: number, kind: 'entry' | 'return'): Fetch | Fault {
  // A prefix is enough: `$retvalue` is accepted (bug B17).
  if (name.startsWith('retval')) {
    return kind === 'return' ? { kind: 'return-value' } : new Fault('RETVAL_ON_PROBE', offset)
  }
  if (name === 'stack') return { kind: 'stack-pointer' }
  if (/^stack[0-9]/.test(name)) {
    const index = parseUnsigned(name.slice('stack'.length), 10)
    if (typeof index === 'string') return new Fault('BAD_VAR', offset)
    return { kind: 'stack-word', index: Number(BigInt.asUintN(32, index)) }
  }
  if (name === 'comm' || name === 'COMM') return { kind: 'command' }
  if (name.startsWith('arg')) {
    const number = parseUnsigned(name.slice('arg'.length), 10)
    if (typeof number === 'string') return new Fault('BAD_VAR', offset)
    return new Fault(number === 0n || number > maximumParameter ? 'BAD_ARG_NUM' : 'NOFENTRY_ARGS', offset)
  }
  return new Fault('BAD_VAR', offset)
}
