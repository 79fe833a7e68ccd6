// SPDX-License-Identifier: MIT
import { json } from './json.ts'
import { lines } from './lines.ts'
import type { Reporter } from './messages.ts'
import { pretty } from './pretty.ts'
import type { ReporterName } from './reporter-texts.ts'

/** Every reporter by the name that `--reporter` takes, with what it is for. */
export const reporters = { pretty, lines, json } as const satisfies Record<ReporterName, Reporter>
