// SPDX-License-Identifier: MIT
import type { Definition, FetchArgument } from '../definition.ts'

/** The line of `uprobe_events` for a definition; written back it makes the same event (spec 07 §4). */
export function listDefinition(definition: Definition): string {
  const head = `${definition.kind === 'return' ? 'r' : 'p'}:${definition.group}/${definition.event}`
  return [head, listPlace(definition), ...definition.arguments.map(listArgument)].join(' ')
}

/** `PATH:0x%016x[(0x%x)]`, or `0x%x@PID` */
export function listPlace({ path, offset, referenceCounter, process }: Definition): string {
  if (process) return `0x${process.address.toString(16)}@${process.id}`
  const counter = referenceCounter === 0n ? '' : `(0x${referenceCounter.toString(16)})`
  return `${path}:0x${offset.toString(16).padStart(16, '0')}${counter}`
}

export function listArgument({ name, text }: FetchArgument): string {
  return `${name}=${text}`
}
