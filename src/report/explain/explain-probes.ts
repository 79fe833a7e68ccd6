// SPDX-License-Identifier: MIT
import type { Plan, PlannedProbe } from '../../plan/plan.ts'
import { addressOf } from '../../program/symbols.ts'
import type { HandlerAction } from '../../scenario/scenario.ts'
import { instructionAt } from './instruction-at.ts'
import type { Row } from './rows.ts'

/** A row for each probe: what it is, where it lands, and what its handler does beside recording. */
export function explainProbes(plan: Plan): Row[] {
  return [...plan.scenario.probes].map(([name, source]): Row => {
    const planned = plan.probes.get(name)
    return [name, [source.define.value, ...(planned ? describeProbe(planned, plan) : ['refused'])]]
  })
}

const attachTexts = {
  start: 'attached before the first program starts',
  entry: 'attached when every task stands at its first instruction',
  later: 'attached by the schedule',
} as const

function describeProbe(probe: PlannedProbe, plan: Plan): string[] {
  const { binary, definition, attach, consumers, filter, triggers, handler, only } = probe
  const { image, path } = plan.file(binary) ?? {}
  const address = image && addressOf(image, Number(definition.offset))
  const text = image && address !== undefined ? instructionAt(image, address) : undefined
  const place = address === undefined ? [] : [`at 0x${address.toString(16)}${text ? `   ${text}` : ''}`]
  const library = plan.libraries.some(({ name }) => name === binary)
  return [
    ...place,
    ...(library ? [`in ${path} of the root folder`] : []),
    attachTexts[attach],
    ...(consumers > 1 ? [`${consumers} consumers`] : []),
    ...(filter ? [`records only if ${filter.text}`] : []),
    ...(triggers ?? []).map(text => `trigger ${text}`),
    ...(only ? [`only in ${only.join(', ')}`] : []),
    ...handler.map(action => `its handler ${describeAction(action)}`),
  ]
}

function describeAction(action: HandlerAction): string {
  switch (action.do) {
    case 'sleep':
      return `sleeps ${action.nanoseconds} ns`
    case 'remove':
      return 'asks to be removed from the process'
    case 'set-ip':
      return `sends the thread to ${action.place.value}`
    case 'fault':
      return `touches 0x${action.address.toString(16)}`
    case 'attach':
      return `attaches ${action.probe.value}`
    case 'detach':
      return `detaches ${action.probe.value}`
  }
}
