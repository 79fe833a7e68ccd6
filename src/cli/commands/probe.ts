// SPDX-License-Identifier: MIT
import { resolve } from 'node:path'
import { renderDiagnostics } from '../../diagnostics/render.ts'
import { isDiagnostic } from '../../plan/places.ts'
import { allPlaces, findPlaces, type ProbePlace } from '../../plan/probing/find-places.ts'
import { answersFor, inlinedPlaces, type ProbeAnswer } from '../../plan/probing/probe-answer.ts'
import { judgePlace } from '../../plan/probing/probe-site.ts'
import { type ProbedProgram, readProbedProgram } from '../../plan/probing/probed-program.ts'
import { openElf } from '../../program/elf/elf-file.ts'
import { inkFor } from '../../report/ink.ts'
import { describeAnswers, severalPlacesNote } from '../../report/probing/describe-answer.ts'
import { describeProgram, listSites } from '../../report/probing/list-functions.ts'
import { answerJson, siteJson } from '../../report/probing/probe-json.ts'
import { type KernelProfile, profiles } from '../../uprobes/profile.ts'
import type { Command } from '../commands.ts'
import { ExitCode, worstExitCode } from '../exit-codes.ts'
import { openProgramFile } from '../open-program-file.ts'
import type { Flags } from '../options.ts'
import { refuse } from '../refuse.ts'
import type { Shell } from '../shell.ts'
import { wantsColor } from '../shell.ts'

/** Says where and how a program can be probed. Exit code 1: a place that was named cannot be. */
export const probe: Command = async (what, flags, shell) => {
  const [binary, ...words] = what
  if (binary === undefined)
    return refuse(
      shell,
      'which file: trapline probe BINARY [SYMBOL | SYMBOL+4 | 0xOFFSET | PROVIDER:NAME | PATTERN]…',
    )
  const path = resolve(shell.folder, binary)
  const opened = openProgramFile(path)
  if (typeof opened === 'string') return refuse(shell, opened)
  try {
    const elf = openElf(opened.file, binary)
    if (!elf.ok) {
      shell.err(`${renderDiagnostics(elf.diagnostics, { color: wantsColor(flags.color, shell) })}\n`)
      return ExitCode.invalid
    }
    const profile = profiles[flags.kernel ?? 'linux-6.18']
    const program = readProbedProgram(elf.value, path)
    if (words.length === 0) return listAll(program, profile, flags, shell)
    return worstExitCode(
      words.map((word, index) => answerWord(word, index, { program, profile, flags, shell })),
    )
  } finally {
    opened.close()
  }
}

type Request = {
  readonly program: ProbedProgram
  readonly profile: KernelProfile
  readonly flags: Flags
  readonly shell: Shell
}

function listAll(
  program: ProbedProgram,
  profile: KernelProfile,
  { json, color }: Flags,
  shell: Shell,
): number {
  const sites = allPlaces(program).map(place => judgePlace(place, program, profile))
  if (json) for (const site of sites) shell.out(`${JSON.stringify(siteJson(site))}\n`)
  else {
    shell.out(describeProgram(program))
    if (sites.length > 0) shell.out(`\n${listSites(sites, profile, inkFor(wantsColor(color, shell)))}`)
  }
  return ExitCode.ok
}

function answerWord(word: string, index: number, { program, profile, flags, shell }: Request): number {
  const found = findPlaces(word, program, `${program.elf.name} ${word}`)
  const inlined = isDiagnostic(found) ? inlinedPlaces(word, program) : []
  if (isDiagnostic(found) && inlined.length === 0) {
    shell.err(`${renderDiagnostics([found], { color: wantsColor(flags.color, shell) })}\n`)
    return ExitCode.invalid
  }
  const places: readonly ProbePlace[] = isDiagnostic(found) ? inlined : found.places
  const brief = !isDiagnostic(found) && found.pattern && places.length > 1
  const answers = answersFor(places, program, profile, {
    copiesOf: isDiagnostic(found) ? word : undefined,
    brief,
  })
  if (flags.json) for (const answer of answers) shell.out(`${JSON.stringify(answerJson(answer))}\n`)
  else {
    if (index > 0) shell.out('\n')
    if (isDiagnostic(found))
      shell.out(`${word} has no code of its own: it is inlined wherever it is called\n\n`)
    if (brief) {
      shell.out(
        listSites(
          answers.map(({ site }) => site),
          profile,
          inkFor(wantsColor(flags.color, shell)),
        ),
      )
      const lines = answers.flatMap(({ definitions }) => definitions.lines)
      shell.out(['', ...lines, '', ...severalPlacesNote(lines)].join('\n'))
    } else shell.out(describeAnswers(answers, program, profile))
  }
  return answers.some(canBeProbed) ? ExitCode.ok : ExitCode.failed
}

function canBeProbed({ site }: ProbeAnswer): boolean {
  return site.treatment.how !== 'refused' && site.boundary.kind !== 'middle'
}
