// SPDX-License-Identifier: MIT
import { describePattern } from '../../events/describe-pattern.ts'
import type { ValuePattern } from '../../events/pattern.ts'
import type { StateCheck } from '../../scenario/scenario.ts'

/** A check of the machine's state, a phrase for everything that it asks. */
export function explainState(state: StateCheck): string[] {
  const is = (what: string, pattern: ValuePattern | undefined): string[] =>
    pattern === undefined ? [] : [`${what} is ${describePattern(pattern)}`]
  return [
    ...[...state.threads].flatMap(([task, { exit, ip, regs }]) => [
      ...is(`the result of ${task}`, exit),
      ...is(`the ip of ${task}`, ip),
      ...[...regs].flatMap(([register, pattern]) => is(`${register} of ${task}`, pattern)),
    ]),
    ...[...state.mem].flatMap(([place, { type, value }]) => is(`${type} at ${place}`, value)),
    ...[...state.text].map(([place, { value }]) => `text at ${place} is ${value}`),
    ...[...state.pages].map(([place, { value }]) => `the page of ${place} is ${value}`),
    ...[...state.probes].flatMap(([probe, { hits, executions, missed, attached }]) => [
      ...is(`hits of ${probe}`, hits),
      ...is(`executions of ${probe}`, executions),
      ...is(`missed hits of ${probe}`, missed),
      ...is(`attached of ${probe}`, attached),
    ]),
    ...is('the number of slots in use', state.xol?.inUse),
    ...is('the number of records in the buffer', state.buffer?.entries),
    ...is('the number of overwritten records', state.buffer?.overrun),
    ...is('the number of dropped records', state.buffer?.dropped),
    ...[...state.uretprobes].flatMap(([task, { depth }]) => is(`pending returns of ${task}`, depth)),
    ...[...state.maps].map(([task, names]) => `${task} maps ${names.map(({ value }) => value).join(', ')}`),
  ]
}
