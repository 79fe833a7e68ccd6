// SPDX-License-Identifier: MIT
import type { TreeNode } from './tree.ts'

/** One combination of the matrix: for each axis, in file order, the chosen name and what it stands for. */
export type Variant = readonly Choice[]
export type Choice = { readonly axis: string; readonly name: string; readonly value: TreeNode }

/** `golden` and its variant → `golden[insn=push,consumers=1]`. */
export function variantId(id: string, variant: Variant): string {
  if (variant.length === 0) return id
  return `${id}[${variant.map(({ axis, name }) => `${axis}=${name}`).join(',')}]`
}
