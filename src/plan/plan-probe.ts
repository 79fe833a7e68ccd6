// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Image } from '../program/image.ts'
import type { Located, ProbeSource, Turn } from '../scenario/scenario.ts'
import { spanWithin } from '../scenario/span-within.ts'
import { parseDefinition } from '../tracing/definition/parse-definition.ts'
import { isProcessLine, parseProcessDefinition } from '../tracing/definition/parse-process-definition.ts'
import type { Definition, Refusal } from '../tracing/definition.ts'
import type { KernelProfile } from '../uprobes/profile.ts'
import { checkAbilities } from './check-abilities.ts'
import { checkFilter } from './check-filter.ts'
import { indirectFunctionWarning } from './indirect-function.ts'
import { boundaryWarning } from './instruction-boundary.ts'
import { type KernelLine, kernelLine } from './kernel-line.ts'
import { isDiagnostic, type Places } from './places.ts'
import type { PlannedProbe } from './plan.ts'
import { refusalHelp } from './refusal-help.ts'

/** What became of a probe of the file: planned, refused as the scenario expects, or wrong. */
export type ProbeOutcome =
  | { readonly kind: 'planned'; readonly probe: PlannedProbe; readonly warnings: readonly Diagnostic[] }
  | { readonly kind: 'refused' }
  | { readonly kind: 'wrong'; readonly diagnostics: readonly Diagnostic[] }

type NamedProbe = ProbeSource & { readonly name: Located<string> }

export async function planProbe(
  source: NamedProbe,
  places: Places,
  profile: KernelProfile,
): Promise<ProbeOutcome> {
  const { define, name } = source
  const line = kernelLine(define, name.value, places)
  if (isDiagnostic(line)) return { kind: 'wrong', diagnostics: [line] }
  const byProcess = profile.definitions === 'vaddr-pid' && isProcessLine(define.value)
  const parsed = byProcess
    ? parseProcessDefinition(line.line)
    : parseDefinition(line.line, { resolvePath: pathResolver(places) })
  if (!parsed.ok) {
    const wrong = source.refused
      ? unlikeExpected(source.refused, parsed.refusal, line)
      : refusalDiagnostic(parsed.refusal, define, line)
    return wrong ? { kind: 'wrong', diagnostics: [wrong] } : { kind: 'refused' }
  }
  const lacking = checkAbilities(source, parsed.definition, line, profile)
  if (lacking) {
    const wrong = source.refused ? unlikeExpected(source.refused, { errno: 'EINVAL' }, line) : lacking
    return wrong ? { kind: 'wrong', diagnostics: [wrong] } : { kind: 'refused' }
  }
  if (source.refused && !couldBeRefusedLater(source.refused.value)) {
    const { span } = source.refused
    const message = 'the kernel takes this definition, though the scenario expects a refusal'
    return wrong('R011', message, [{ span }, { span: define.span, text: 'this is taken' }])
  }
  const { image, definition } = byProcess
    ? fileOfProcess(parsed.definition, places)
    : { image: places.imageAt(parsed.definition.path), definition: parsed.definition }
  if (!image && !byProcess) {
    return wrong('R005', `\`${definition.path}\` is no file of this scenario`, [{ span: define.span }])
  }
  const handler: PlannedProbe['handler'][number][] = []
  const diagnostics: Diagnostic[] = []
  for (const action of source.handler) {
    if (action.do !== 'set-ip') {
      handler.push(action)
      continue
    }
    const place = places.resolve(action.place.value, (from, to) => spanWithin(action.place, from, to))
    if (isDiagnostic(place)) diagnostics.push(place)
    else handler.push({ ...action, address: place.address })
  }
  const badFilter = source.filter && checkFilter(source.filter, definition)
  if (badFilter) diagnostics.push(badFilter)
  if (diagnostics.length > 0) return { kind: 'wrong', diagnostics }
  const warning = image && (await boundaryWarning(definition, image, line, define))
  const indirect = indirectFunctionWarning(line, define)
  const { consumers, filter, triggers, only, span } = source
  return {
    kind: 'planned',
    warnings: [warning, indirect].filter(found => found !== undefined),
    probe: {
      name: name.value,
      span,
      binary: image?.name ?? '',
      definition,
      attach: stageOf(source, profile),
      consumers,
      handler,
      ...(warning && { insideInstruction: true as const }),
      ...(filter && { filter: { text: filter.value, span: filter.span } }),
      ...(triggers && { triggers: triggers.map(({ value }) => value) }),
      ...(only && { only: only.map(task => task.value) }),
    },
  }
}

/** A probe of processes needs them to be there. */
function stageOf({ attach }: ProbeSource, { lifetime }: KernelProfile): ProbeSource['attach'] {
  return attach === 'start' && lifetime !== 'file' ? 'entry' : attach
}

/** A `define:` turn of a schedule: its line as the kernel takes it. */
export function planDefinition(
  { line: define, refused }: Turn & { kind: 'define' },
  places: Places,
  { definitions }: KernelProfile,
): Located<string> | Diagnostic {
  const line = kernelLine(define, undefined, places)
  if (isDiagnostic(line)) return line
  // Whether a deletion, or what is to be refused, is as expected is told by the run.
  if (refused || define.value.startsWith('-')) return { value: line.line, span: define.span }
  const parsed =
    definitions === 'vaddr-pid'
      ? parseProcessDefinition(line.line)
      : parseDefinition(line.line, { resolvePath: pathResolver(places) })
  return parsed.ok ? { value: line.line, span: define.span } : refusalDiagnostic(parsed.refusal, define, line)
}

/** What the address is of by the link, where it is of any program: what a process has there is known only when it runs. */
function fileOfProcess(
  definition: Definition,
  places: Places,
): { readonly image: Image | undefined; readonly definition: Definition } {
  const found = places.at(definition.process!.address)
  if (!found) return { image: undefined, definition }
  const { image, offset } = found
  return { image, definition: { ...definition, path: `/${image.name}`, offset: BigInt(offset) } }
}

const noEntry = -2

function pathResolver(places: Places) {
  return (path: string) => (places.imageAt(path) ? { regular: true } : noEntry)
}

function wrong(code: Diagnostic['code'], message: string, labels: Diagnostic['labels']): ProbeOutcome {
  return { kind: 'wrong', diagnostics: [{ code, severity: 'error', message, labels }] }
}

/** An errno alone may also come when the probe is installed; words and a caret come from the definition only. */
function couldBeRefusedLater(expected: NonNullable<ProbeSource['refused']>['value']): boolean {
  return expected.error === undefined && expected.caret === undefined
}

/** The kernel's own words, with the caret under the author's characters. */
function refusalDiagnostic(refusal: Refusal, define: Located<string>, line: KernelLine): Diagnostic {
  const { errno, message, command, caret } = refusal
  const at = message === undefined || caret === undefined ? undefined : line.authorAt(caret)
  const word = at ? define.value.slice(at.from, at.to) : ''
  const help = refusalHelp(define.value, message, word)
  return {
    code: 'R010',
    severity: 'error',
    message: `the kernel would refuse this probe: ${message ?? errno}`,
    labels: [
      {
        span: at ? spanWithin(define, at.from, at.to) : define.span,
        text: message ? errno : 'without a message',
      },
    ],
    ...(command !== undefined &&
      caret !== undefined && {
        notes: [`in the kernel's log:\n  Command: ${command}\n           ${' '.repeat(caret)}^`],
      }),
    help: [...help, `if the scenario shows just this, say so:   refused: ${errno}`],
  }
}

function unlikeExpected(
  { value, span }: NonNullable<ProbeSource['refused']>,
  { errno, message, caret }: Refusal,
  line: KernelLine,
): Diagnostic | undefined {
  const got = message === undefined || caret === undefined ? undefined : line.authorAt(caret).from
  const differences = [
    value.errno !== undefined && value.errno !== errno ? `the errno is ${errno}` : undefined,
    value.error !== undefined && value.error !== message
      ? `the message is ${message ? `\`${message}\`` : 'empty'}`
      : undefined,
    value.caret !== undefined && value.caret !== got
      ? `the caret stands at ${got ?? 'no column'}`
      : undefined,
  ].filter(difference => difference !== undefined)
  if (differences.length === 0) return undefined
  return {
    code: 'R011',
    severity: 'error',
    message: 'the kernel refuses this probe otherwise than expected',
    labels: [{ span, text: differences.join(', ') }],
  }
}
