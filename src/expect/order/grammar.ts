// SPDX-License-Identifier: MIT
import type { Span } from '../../diagnostics/source-file.ts'
import type { EventPattern } from '../../events/pattern.ts'

/**
 * An expectation ready for parsing a run: the tree of the file, numbered, with the edges that `after:` adds. A sequence orders its
 * items, a group (`interleave`, `any-order`) does not. Every node may repeat.
 */
export type Order = {
  readonly root: OrderPart
  /** In the order of their ids: a node before its children. */
  readonly parts: readonly OrderPart[]
  readonly edges: readonly Edge[]
  /** Nothing but one event after the other, without variables: then taking an event early is never worse. */
  readonly plain: boolean
}

export type OrderPart = {
  readonly id: number
  readonly span: Span
  readonly min: number
  readonly max: number
  readonly parent: OrderPart | undefined
  /** Whether it may take no event at all. */
  readonly optional: boolean
  /** Id behind its last descendant. */
  readonly end: number
  /** Edges that begin or end at this node. */
  readonly before: readonly Edge[]
  readonly after: readonly Edge[]
} & (
  | {
      readonly kind: 'event'
      readonly pattern: EventPattern
      /** Whether the pattern mentions variables: only then do bindings matter to it. */
      readonly variables: boolean
      readonly children: readonly []
    }
  | { readonly kind: 'sequence'; readonly children: readonly OrderPart[] }
  /** `twins[i]` is the first child that child i can be exchanged with. */
  | { readonly kind: 'group'; readonly children: readonly OrderPart[]; readonly twins: readonly number[] }
)
export type OrderLeaf = Extract<OrderPart, { kind: 'event' }>

/** Every event of `first` comes before every event of `then`, within one repetition of the parts that contain both. */
export type Edge = {
  readonly index: number
  readonly first: OrderPart
  readonly then: OrderPart
  /** The innermost part that contains both. */
  readonly scope: OrderPart
  /** The name in `after:`. */
  readonly span: Span
}
