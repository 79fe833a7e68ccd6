// SPDX-License-Identifier: MIT
import { basename, dirname } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { SourceFile } from '../diagnostics/source-file.ts'
import type { RecordedEvent } from '../events/event.ts'
import type { Plan } from '../plan/plan.ts'
import { compareGolden, type GoldenDifference } from './golden/compare-golden.ts'
import { goldenPath, goldenText } from './golden/golden-file.ts'

/** How goldens are read: the text of a file by its absolute path, or undefined where there is none. */
export type GoldenAccess = { read(path: string): string | undefined }

export type GoldenVerdict = {
  readonly path: string
  /** What this run would have the file be. */
  readonly text: string
  readonly before: string | undefined
  readonly diagnostic?: Diagnostic
  readonly difference?: GoldenDifference
}

/** Compares the events in view with the golden of the variant; undefined for scenarios without one. */
export function judgeGolden(
  plan: Plan,
  inView: readonly RecordedEvent[],
  goldens: GoldenAccess,
): GoldenVerdict | undefined {
  const { scenario, expect } = plan
  const path = goldenPath(scenario)
  if (path === undefined || !expect.golden) return undefined
  const text = goldenText(plan, inView)
  const before = goldens.read(path)
  const name = basename(path)
  const { span } = expect.golden
  const common = { code: 'T005', severity: 'error' } as const
  if (before === undefined) {
    const message = `there is no ${name} yet`
    const help = ['read the trace first (trapline trace), then write it with --update']
    return { path, text, before, diagnostic: { ...common, message, labels: [{ span }], help } }
  }
  const difference = compareGolden(before, text)
  if (!difference) return { path, text, before }
  const { differing, total, header } = difference
  const message =
    differing > 0
      ? `trace differs from ${name} in ${differing} of ${total} ${total === 1 ? 'event' : 'events'}`
      : `${name} is another's: its first line ${header ? `is \`${header.golden}\`` : 'differs'}`
  const file = { path: besides(scenario.file, name), text: before }
  const labels = [{ span }, { span: lineSpan(file, difference.firstLine), text: 'the first difference' }]
  return { path, text, before, difference, diagnostic: { ...common, message, labels } }
}

function besides(file: SourceFile, name: string): string {
  const folder = dirname(file.path)
  return folder === '.' ? name : `${folder}/${name}`
}

/** A line of a file, from 1; past the end, the end. */
function lineSpan(file: SourceFile, line: number): { file: SourceFile; start: number; end: number } {
  let start = 0
  for (let at = 1; at < line; at++) {
    const next = file.text.indexOf('\n', start)
    start = next < 0 ? file.text.length : next + 1
  }
  const end = file.text.indexOf('\n', start)
  return { file, start, end: end < 0 ? file.text.length : end }
}
