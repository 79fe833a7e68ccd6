// SPDX-License-Identifier: MIT
/** An address in a task's memory, with the place it stood for when the event was recorded (`calc:add+0x4`, `[uprobes]+0x80`, or hex). */
export type Address = { readonly address: bigint; readonly at: string }

/**
 * A field of an event. Integers are always bigints (unsigned 64-bit, or negative where the source type is signed);
 * `null` is a fetch that faulted, printed `(fault)`.
 */
export type Value =
  | bigint
  | string
  | boolean
  | null
  | Address
  | readonly Value[]
  | { readonly [name: string]: Value }

export function isAddress(value: Value): value is Address {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof (value as Address).at === 'string' &&
    typeof (value as Address).address === 'bigint'
  )
}

/** Whether a value is a list of named values, such as the arguments of a hit. */
export function isMap(value: Value): value is { readonly [name: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isAddress(value)
}
