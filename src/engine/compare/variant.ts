// SPDX-License-Identifier: MIT
import type { Scenario } from '../../scenario/scenario.ts'

/** Choices of a kernel that make one column of a comparison: `execute` → `inline`. `profile` is one of them, `xol.slots` another. */
export type Variant = ReadonlyMap<string, string>

/** A choice and the values it shall take. */
export type Axis = { readonly choice: string; readonly values: readonly string[] }

/** Every combination, the last axis changing fastest. */
export function variantsOf(axes: readonly Axis[]): readonly Variant[] {
  return axes.reduce<readonly Variant[]>(
    (variants, { choice, values }) =>
      variants.flatMap(variant => values.map(value => new Map([...variant, [choice, value]]))),
    [new Map()],
  )
}

/** The scenario on that kernel; what the variant does not name stays as the file has it. */
export function withVariant(scenario: Scenario, variant: Variant): Scenario {
  const { kernel } = scenario
  const { span } = kernel.profile
  const overrides = new Map(kernel.overrides)
  let { profile } = kernel
  for (const [choice, value] of variant) {
    const [outer, inner] = choice.split('.') as [string, string?]
    if (choice === 'profile') profile = { value, span }
    else if (inner === undefined) overrides.set(choice, { value, span })
    else {
      const before = overrides.get(outer)?.value as object | undefined
      const number = Number(value)
      overrides.set(outer, {
        value: { ...before, [inner]: Number.isNaN(number) ? value : number },
        span,
      })
    }
  }
  return { ...scenario, kernel: { profile, overrides } }
}
