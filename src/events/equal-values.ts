// SPDX-License-Identifier: MIT
import { binaryOfPlace, canonicalPlace } from './place.ts'
import { type Address, isAddress, type Value } from './value.ts'

/** How a fetch that faulted is written, in patterns as in the kernel's own text (spec 07 §5). */
export const faultText = '(fault)'

/**
 * Equality as authors mean it: integers as 64-bit two's complement (-1 is 0xffffffffffffffff), an address equals its number and
 * its place, lists by position, maps key by key. A fetch that faulted (`null`) equals only itself and the text `(fault)`.
 */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true
  if (a === null || b === null) return a === faultText || b === faultText
  const left = isAddress(a)
  const right = isAddress(b)
  if (left && right) return equalAddresses(a, b)
  if (left) return equalToAddress(b, a)
  if (right) return equalToAddress(a, b)
  if (typeof a === 'bigint' && typeof b === 'bigint') return sameBits(a, b)
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && equalLists(a, b)
  if (typeof a === 'object' && typeof b === 'object') return equalMaps(a as ValueMap, b as ValueMap)
  return false
}

/** The bits of a register that an integer stands for. */
export function sameBits(a: bigint, b: bigint): boolean {
  return BigInt.asUintN(64, a) === BigInt.asUintN(64, b)
}

type ValueMap = { readonly [name: string]: Value }

/**
 * Two binaries may be linked at the same address, and a position-independent one runs elsewhere than its symbols say; so names
 * decide where both have one, and numbers where a name is missing.
 */
function equalAddresses(a: Address, b: Address): boolean {
  const [left, right] = [binaryOfPlace(a.at), binaryOfPlace(b.at)]
  if (left !== undefined && right !== undefined && left !== right) return false
  return (
    sameBits(a.address, b.address) || (left !== undefined && canonicalPlace(a.at) === canonicalPlace(b.at))
  )
}

function equalToAddress(value: Value, address: Address): boolean {
  if (typeof value === 'bigint') return sameBits(value, address.address)
  return typeof value === 'string' && canonicalPlace(value) === canonicalPlace(address.at)
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, index) => equalValues(item, b[index]!))
}

function equalMaps(a: ValueMap, b: ValueMap): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every(name => Object.hasOwn(b, name) && equalValues(a[name]!, b[name]!))
  )
}
