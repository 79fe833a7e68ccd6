// SPDX-License-Identifier: MIT
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { suggest } from '../diagnostics/suggest.ts'
import type { Message, ReporterOptions } from '../report/messages.ts'
import { type ReporterName, reportersToCome } from '../report/reporter-texts.ts'
import { reporters } from '../report/reporters.ts'
import type { Shell } from './shell.ts'

/** The reporters of a run: each is told every message and writes to its own place. */
export type Reporting = {
  readonly tell: (message: Message) => void
  readonly close: () => void
}

type Wanted = { readonly name: ReporterName; readonly file: string | undefined }

/**
 * Opens what `--reporter name[:file]` names; `-` is standard output. A text says what cannot be. Only what goes to standard
 * output is coloured.
 */
export function openReporting(
  names: readonly string[] | undefined,
  options: ReporterOptions,
  shell: Shell,
): Reporting | string {
  const wanted = (names ?? [shell.terminal ? 'pretty' : 'lines']).map(readName)
  const wrong = wanted.find(entry => typeof entry === 'string')
  if (wrong !== undefined) return wrong
  const entries = wanted as readonly Wanted[]
  const files = entries.map(({ file }) => (file === undefined ? '-' : resolve(shell.folder, file)))
  const twice = entries.find((_, index) => files.indexOf(files[index]!) !== index)
  if (twice)
    return `two reporters write to ${twice.file ?? 'standard output'}; give one a file: --reporter name:file`

  const descriptors: number[] = []
  const tells: ((message: Message) => void)[] = []
  for (const { name, file } of entries) {
    if (file === undefined) {
      tells.push(reporters[name](shell.out, options))
      continue
    }
    const descriptor = openFile(resolve(shell.folder, file))
    if (typeof descriptor === 'string') return `--reporter ${name}:${file}: ${descriptor}`
    descriptors.push(descriptor)
    tells.push(reporters[name](text => void writeSync(descriptor, text), { ...options, color: false }))
  }
  return {
    tell: message => {
      for (const tell of tells) tell(message)
    },
    close: () => descriptors.forEach(closeSync),
  }
}

function readName(text: string): Wanted | string {
  const [name, ...rest] = text.split(':')
  if (reportersToCome.includes(name!)) return `the reporter \`${name}\` is not available in this version`
  if (!Object.hasOwn(reporters, name!)) {
    const names = Object.keys(reporters)
    const near = suggest(name!, names)
    return `there is no reporter \`${name}\`; ${near ? `did you mean \`${near}\`?` : `there are ${names.join(', ')}`}`
  }
  const file = rest.join(':')
  if (rest.length > 0 && file === '') return `\`--reporter ${text}\` names no file`
  return { name: name as ReporterName, file: file === '' || file === '-' ? undefined : file }
}

function openFile(path: string): number | string {
  try {
    mkdirSync(dirname(path), { recursive: true })
    return openSync(path, 'w')
  } catch (error) {
    return (error as Error).message
  }
}
