// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { type SchemaError, validate } from './generated/validate.js'
import { plainData } from './plain-data.ts'
import type { TreeNode } from './tree.ts'

/** Validates a tree against the schema: every mistake of its shape, one message each. The wording is loaded only when there is one. */
export async function validateTree(
  tree: TreeNode,
  options: { readonly definitionsOnly: boolean },
): Promise<readonly Diagnostic[]> {
  if (validate(plainData(tree))) return []
  const errors = validate.errors ?? []
  const relevant = options.definitionsOnly ? errors.filter(error => !isMissingTitle(error)) : errors
  if (relevant.length === 0) return []
  const { schemaDiagnostics } = await import('./schema-diagnostics.ts')
  return schemaDiagnostics(relevant, tree)
}

function isMissingTitle({ keyword, instancePath }: SchemaError): boolean {
  return keyword === 'required' && instancePath === ''
}
