// SPDX-License-Identifier: MIT
import type { RecordedEvent } from '../../events/event.ts'
import { isAddress } from '../../events/value.ts'
import { fileAndLine } from './place.ts'
import type { ReportInput } from './report-input.ts'

/** What the reader should know of the machine at an event: whether its probe was gone, and where the thread stood. */
export function stateNotes(input: ReportInput, event: RecordedEvent): string[] {
  return [...probeNote(input, event), ...addressNote(input, event)]
}

function probeNote({ plan, run }: ReportInput, event: RecordedEvent): string[] {
  const { probe } = event.fields
  if (typeof probe !== 'string' || event.kind === 'detach') return []
  const last = run.events.findLast(
    ({ kind, index, fields }) =>
      index < event.index && fields['probe'] === probe && (kind === 'detach' || kind === 'attach'),
  )
  if (last?.kind !== 'detach') return []
  const turns = plan.schedule.kind === 'turns' ? [...plan.schedule.turns, ...plan.actions] : plan.actions
  const causes = turns.filter(turn => turn.kind === 'detach' && turn.probe.value === probe)
  const [cause] = causes
  const place = cause && causes.length === 1 ? ` (${fileAndLine(cause.span)}, \`- detach: ${probe}\`)` : ''
  return [`  state    ${probe} was removed at event #${last.index}${place}`]
}

function addressNote({ options }: ReportInput, event: RecordedEvent): string[] {
  const { ip } = event.fields
  if (ip === undefined || ip === null || typeof ip !== 'object' || !isAddress(ip)) return []
  const number = `0x${BigInt.asUintN(64, ip.address).toString(16)}`
  const more = options.describeAddress?.(ip.address)
  const name = ip.at === number ? '' : ` ${ip.at}`
  return [`  at       ${number}${name}${more === undefined ? '' : `   ${more}`}`]
}
