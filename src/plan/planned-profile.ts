// SPDX-License-Identifier: MIT
import type { Diagnostic, Result } from '../diagnostics/diagnostic.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { type KernelProfile, profiles } from '../uprobes/profile.ts'
import { unsupportedChoices, unsupportedSlots } from '../uprobes/unsupported-choices.ts'

/** The scenario's kernel: its profile with the choices that it overrides. A combination that cannot work is refused with the reason. */
export function plannedProfile({ kernel }: Scenario): Result<KernelProfile> {
  const { profile, overrides } = kernel
  const base: KernelProfile | undefined = Object.hasOwn(profiles, profile.value)
    ? profiles[profile.value as keyof typeof profiles]
    : undefined
  if (!base) throw new Error(`no profile ${profile.value}: the loader lets only known ones through`)
  const choices = Object.fromEntries([...overrides].map(([choice, { value }]) => [choice, value]))
  const whole = { ...base, ...choices, xol: { ...base.xol, ...(choices['xol'] as object | undefined) } }
  const aboutSlots = new Set(unsupportedSlots(whole))
  const slots = overrides.get('xol')?.span ?? profile.span
  const diagnostics = unsupportedChoices(whole).map(
    (reason): Diagnostic => ({
      code: 'S009',
      severity: 'error',
      message: `this kernel cannot be run: ${reason}`,
      labels: [{ span: aboutSlots.has(reason) ? slots : profile.span }],
    }),
  )
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: whole }
}
