// SPDX-License-Identifier: MIT
import { faultText } from '../events/equal-values.ts'
import type { EventPattern, ValuePattern } from '../events/pattern.ts'
import type { FetchType } from '../tracing/definition.ts'
import type { PlannedProbe } from './plan.ts'

/** The probe that an event pattern names, where it names just one. */
export function probeOf(
  { fields }: EventPattern,
  probes: ReadonlyMap<string, PlannedProbe>,
): PlannedProbe | undefined {
  const { probe } = fields
  return probe?.kind === 'equal' && typeof probe.value === 'string' ? probes.get(probe.value) : undefined
}

/** Patterns of arguments with the type that the definition fetches them as. */
export function typedArguments(
  { fields: { args } }: EventPattern,
  { definition }: PlannedProbe,
): readonly { readonly name: string; readonly pattern: ValuePattern; readonly type: FetchType }[] {
  return definition.arguments.flatMap(({ name, type }, index) => {
    const pattern =
      args?.kind === 'map' ? args.entries[name] : args?.kind === 'list' ? args.items[index] : undefined
    return pattern ? [{ name, pattern, type }] : []
  })
}

export function isText(type: FetchType): boolean {
  return type.base === 'string' || type.base === 'char'
}

const place = /^[^:\s]+:\S+$/

/** The pattern with `binary:symbol` as a place in arguments that are numbers: only the definition says which those are. */
export function withArgumentPlaces(
  pattern: EventPattern,
  probes: ReadonlyMap<string, PlannedProbe>,
): EventPattern {
  const probe = probeOf(pattern, probes)
  const { args } = pattern.fields
  if (!probe || !args) return pattern
  const numbers = typedArguments(pattern, probe).filter(({ type }) => !isText(type))
  const changed = new Map(numbers.map(argument => [argument.pattern, asPlaces(argument.pattern)]))
  const change = (value: ValuePattern) => changed.get(value) ?? value
  if (args.kind === 'list') return withArguments(pattern, { ...args, items: args.items.map(change) })
  if (args.kind !== 'map') return pattern
  const entries = Object.entries(args.entries).map(([name, value]) => [name, change(value)] as const)
  return withArguments(pattern, { ...args, entries: Object.fromEntries(entries) })
}

function withArguments(pattern: EventPattern, args: ValuePattern): EventPattern {
  return { ...pattern, fields: { ...pattern.fields, args } }
}

function asPlaces(pattern: ValuePattern): ValuePattern {
  switch (pattern.kind) {
    case 'equal':
      return typeof pattern.value === 'string' && pattern.value !== faultText && place.test(pattern.value)
        ? { span: pattern.span, kind: 'place', text: pattern.value }
        : pattern
    case 'in':
      return { ...pattern, options: pattern.options.map(asPlaces) }
    case 'not':
      return { ...pattern, pattern: asPlaces(pattern.pattern) }
    case 'list':
      return { ...pattern, items: pattern.items.map(asPlaces) }
    default:
      return pattern
  }
}
