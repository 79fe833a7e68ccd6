// SPDX-License-Identifier: MIT
import { positionAt, type Span } from '../../diagnostics/source-file.ts'

/** `race.yaml:47`: where a line of a report points. */
export function fileAndLine(span: Span): string {
  return `${span.file.path}:${positionAt(span.file, span.start).line}`
}
