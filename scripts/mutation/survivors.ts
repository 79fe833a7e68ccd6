// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from 'node:fs'

/** What is used of a report in the format of mutation-testing-elements. */
type Report = { readonly files: Readonly<Record<string, ReportedFile>> }
type ReportedFile = { readonly source: string; readonly mutants: readonly Mutant[] }
type Mutant = {
  readonly status: string
  readonly replacement: string
  readonly location: { readonly start: Position; readonly end: Position }
}
/** Both count from 1. */
type Position = { readonly line: number; readonly column: number }

const source = 'src/uprobes/'
const page = 'docs/mutants.md'
const shown = 70

/** Prints the mutants of the last report that no test notices and that `docs/mutants.md` gives no reason for, and reasons too many. */
export function checkSurvivors(): boolean {
  const survivors = new Set<string>()
  const judged = new Set<string>()
  const report = JSON.parse(readFileSync('.trapline/mutation/report.json', 'utf8')) as Report
  for (const [path, file] of Object.entries(report.files)) {
    const name = path.slice(source.length)
    judged.add(name)
    for (const mutant of file.mutants)
      if (mutant.status === 'Survived' || mutant.status === 'NoCoverage')
        survivors.add(`${name} ${describe(file.source, mutant)}`)
  }
  const listed = new Set(existsSync(page) ? readList(readFileSync(page, 'utf8')) : [])

  const without = [...survivors].filter(survivor => !listed.has(survivor))
  const gone = [...listed].filter(entry => judged.has(entry.split(' ', 1)[0]!) && !survivors.has(entry))
  for (const survivor of without) console.log(`no reason in ${page}: ${survivor}`)
  for (const entry of gone) console.log(`in ${page}, but a test notices it: ${entry}`)
  console.log(
    `${survivors.size} survivors, ${without.length} without a reason, ${gone.length} reasons too many`,
  )
  return without.length + gone.length === 0
}

/** The code and what stands for it, without a line number, which would be another after the next change. */
function describe(text: string, { location, replacement }: Mutant): string {
  const lines = text.split('\n').slice(location.start.line - 1, location.end.line)
  lines.push(lines.pop()!.slice(0, location.end.column - 1))
  lines.unshift(lines.shift()!.slice(location.start.column - 1))
  return `${code(lines.join('\n'))} → ${code(replacement)}`
}

function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const short = line.length > shown ? `${line.slice(0, shown)}…` : line
  return short.includes('`') ? `\`\` ${short} \`\`` : `\`${short}\``
}

function* readList(text: string): Generator<string> {
  let file = ''
  for (const line of text.split('\n')) {
    file = /^### `(.+)`$/.exec(line)?.[1] ?? file
    const entry = /^\* (.+? → .+?) — ./.exec(line)?.[1]
    if (entry) yield `${file} ${entry}`
  }
}
