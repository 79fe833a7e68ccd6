// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/source-file.ts'
import type { EventPattern, ValuePattern } from '../events/pattern.ts'
import { binaryOfPlace, canonicalPlace } from '../events/place.ts'
import type { Image, ImageSymbol } from '../program/image.ts'
import { symbolsInFile } from '../program/symbols.ts'
import type { Expectation, Located, OrderNode, StateCheck, Turn } from '../scenario/scenario.ts'
import { spanWithin } from '../scenario/span-within.ts'
import { withArgumentPlaces } from './argument-places.ts'
import { isDiagnostic, type Places } from './places.ts'
import type { PlannedProbe } from './plan.ts'

/** Replaces the names of places in patterns by addresses, and notes those that name nothing. */
export class PlaceResolver {
  readonly diagnostics: Diagnostic[] = []
  readonly #places: Places
  readonly #probes: ReadonlyMap<string, PlannedProbe>

  constructor(places: Places, probes: ReadonlyMap<string, PlannedProbe>) {
    this.#places = places
    this.#probes = probes
  }

  value(pattern: ValuePattern): ValuePattern {
    switch (pattern.kind) {
      case 'place':
        return this.#place(pattern)
      case 'in':
        return { ...pattern, options: pattern.options.map(option => this.value(option)) }
      case 'not':
        return { ...pattern, pattern: this.value(pattern.pattern) }
      case 'list':
        return { ...pattern, items: pattern.items.map(item => this.value(item)) }
      case 'map':
        return { ...pattern, entries: mapValues(pattern.entries, entry => this.value(entry)) }
      default:
        return pattern
    }
  }

  event(original: EventPattern): EventPattern {
    const pattern = withArgumentPlaces(original, this.#probes)
    const { thread, fields } = pattern
    return {
      ...pattern,
      fields: mapValues(fields, field => this.value(field)),
      ...(thread && { thread: this.value(thread) }),
    }
  }

  order(node: OrderNode): OrderNode {
    switch (node.kind) {
      case 'event':
        return { ...node, pattern: this.event(node.pattern) }
      case 'interleave':
        return { ...node, lanes: new Map([...node.lanes].map(([name, lane]) => [name, this.order(lane)])) }
      default:
        return { ...node, items: node.items.map(item => this.order(item)) }
    }
  }

  state(state: StateCheck): StateCheck {
    for (const words of [state.text, state.pages]) {
      for (const [place, { keySpan, span }] of words) this.name({ value: place, span: keySpan ?? span })
    }
    const threads = [...state.threads].map(([name, thread]) => {
      const { exit, ip, regs } = thread
      const resolved = {
        ...thread,
        regs: new Map([...regs].map(([register, value]) => [register, this.value(value)])),
        ...(exit && { exit: this.value(exit) }),
        ...(ip && { ip: this.value(ip) }),
      }
      return [name, resolved] as const
    })
    const memory = [...state.mem].map(([place, { span, type, value }]) => {
      this.name({ value: place, span })
      return [place, { span, type, value: this.value(value) }] as const
    })
    return { ...state, threads: new Map(threads), mem: new Map(memory) }
  }

  turn(turn: Turn): Turn {
    switch (turn.kind) {
      case 'run': {
        const { until } = turn
        if (until?.kind === 'at') this.name(until.place)
        return until?.kind === 'event'
          ? { ...turn, until: { ...until, pattern: this.event(until.pattern) } }
          : turn
      }
      case 'check':
        return { ...turn, state: this.state(turn.state) }
      case 'write':
        this.name(turn.place)
        return turn
      default:
        return turn
    }
  }

  expectation(expect: Expectation): Expectation {
    const { events, contains, never, count, final, always, sometimes, output, errors } = expect
    return {
      ...expect,
      never: never.map(pattern => this.event(pattern)),
      count: count.map(entry => ({ ...entry, pattern: this.event(entry.pattern) })),
      ...(events && { events: this.order(events) }),
      ...(contains && { contains: this.order(contains) }),
      ...(final && { final: this.state(final) }),
      ...(always && { always: this.state(always) }),
      ...(sometimes && { sometimes: this.state(sometimes) }),
      ...(output && { output: this.value(output) }),
      ...(errors && { errors: this.value(errors) }),
    }
  }

  /** A place that stays a name: memory of a stack and numbers need no symbol. */
  name(place: Located<string>): void {
    const { value } = place
    if (/^(0x[0-9a-f]+|\d+)$/i.test(value) || /^stack:[^+]+(\+(0x[0-9a-f]+|\d+))?$/i.test(value)) return
    const resolved = this.#places.resolve(value, spanOf(place))
    if (isDiagnostic(resolved)) this.diagnostics.push(resolved)
  }

  #place(pattern: ValuePattern & { kind: 'place' }): ValuePattern {
    const { text, span } = pattern
    // `[uprobes]+0x80` lies in no file: it is compared with the text of the event.
    if (binaryOfPlace(text) === undefined) return pattern
    const resolved = this.#places.resolve(text, spanOf({ value: text, span }))
    if (!isDiagnostic(resolved)) {
      const { address, binary, image, symbol } = resolved
      const offset = text.slice(binary.length + 1 + symbolLength(text, binary))
      const value = { address, at: canonicalPlace(`${image.name}:${shownName(image, symbol)}${offset}`) }
      return { span, kind: 'equal', value }
    }
    this.diagnostics.push(resolved)
    return pattern
  }
}

function symbolLength(text: string, binary: string): number {
  const rest = text.slice(binary.length + 1)
  const plus = rest.lastIndexOf('+')
  return plus > 0 ? plus : rest.length
}

/** What events call the place of a symbol that has several names. */
function shownName(image: Image, symbol: ImageSymbol): string {
  const last = symbolsInFile(image).findLast(({ fileOffset }) => fileOffset === symbol.fileOffset)
  return last?.name ?? symbol.name
}

/** Within quotes the text begins one character later; spans of values do not say how they are quoted. */
function spanOf(place: Located<string>): (from: number, to: number) => Span {
  const { value, span, offsets } = place
  const shift = !offsets && span.end - span.start === value.length + 2 ? 1 : 0
  return (from, to) => {
    const found = spanWithin(place, from, to)
    return { ...found, start: found.start + shift, end: found.end + shift }
  }
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
