// SPDX-License-Identifier: MIT
import { labelOf } from '../../plan/probing/probe-answer.ts'
import type { ProbeSite } from '../../plan/probing/probe-site.ts'
import type { ProbedProgram } from '../../plan/probing/probed-program.ts'
import type { KernelProfile } from '../../uprobes/profile.ts'
import type { Ink } from '../ink.ts'
import { plural, shortTreatment } from './treatment-texts.ts'

export type ListedSite = Pick<ProbeSite, 'address' | 'fileOffset' | 'within' | 'note' | 'stub'> &
  Pick<ProbeSite, 'treatment' | 'optimised' | 'traps' | 'bugs'>

/** What a file has, in two or three lines. */
export function describeProgram(program: ProbedProgram): string {
  const { elf, table, functions, stubs, notes } = program
  const origin = {
    symtab: '',
    dynsym: ' (the file is stripped: only exported ones have names)',
    none: ' (the file is stripped: there are no names)',
  }[table]
  const others = [
    ...(stubs.length > 0 ? [plural(stubs.length, 'stub')] : []),
    ...(notes.length > 0 ? [plural(notes.length, 'USDT probe')] : []),
  ]
  const counted = [`${plural(functions.length, 'function')}${origin}`, ...others].join(', ')
  return `${elf.name}   ${counted}\n${codeLines(program).join('\n')}\n`
}

/** Where offsets and addresses differ, and by how much. */
function codeLines({ elf: { segments, positionIndependent } }: ProbedProgram): string[] {
  return segments
    .filter(({ execute, fileSize }) => execute && fileSize > 0)
    .map(({ fileOffset, fileSize, address }) => {
      const range = `code at offsets 0x${fileOffset.toString(16)} to 0x${(fileOffset + fileSize).toString(16)}`
      const distance = address - BigInt(fileOffset)
      if (distance === 0n)
        return `${range}; addresses are the same numbers${positionIndependent ? ', from where the file is loaded' : ''}`
      return `${range}; addresses are 0x${distance.toString(16)} more`
    })
}

/** A line for each place, by name; `how` in a word, and what it costs. */
export function listSites(sites: readonly ListedSite[], profile: KernelProfile, ink: Ink): string {
  const rows = sites
    .map(site => ({ site, name: labelOf(site) }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.site.fileOffset - b.site.fileOffset))
    .map(({ site, name }) => [
      `0x${site.fileOffset.toString(16)}`,
      `${(!site.note && (site.stub?.size || site.within?.size)) || ''}`,
      site.treatment.how === 'refused' ? '-' : `${site.traps}`,
      shortTreatment(site),
      `${name}${remark(site)}`,
    ])
  const head = ['offset', 'bytes', 'traps', profile.name, 'name']
  const widths = head.map((title, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]!.length), title.length),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        if (column === row.length - 1) return cell
        return column === 1 || column === 2 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)
      })
      .join('  ')
  return [ink.dim(line(head)), ...rows.map(row => line(row)), ''].join('\n')
}

/** As many other names as fit into an ordinary line. */
const roomForNames = 60

function remark({ within, note, bugs }: ListedSite): string {
  const indirect = within?.symbol.kind === 'indirect-function' && !note ? '   (calls do not come here)' : ''
  const spoilt = bugs.length > 0 ? `   (${bugs.length > 1 ? 'bugs' : 'bug'} ${bugs.join(', ')})` : ''
  let names = ''
  let left = note ? 0 : (within?.aliases.length ?? 0)
  for (const { name } of note ? [] : (within?.aliases ?? [])) {
    if (names.length + name.length > roomForNames) break
    names += `${names ? ', ' : '   = '}${name}`
    left--
  }
  const more = left > 0 ? `${names ? ', and' : '   ='} ${plural(left, 'other name')}` : ''
  return `${indirect}${spoilt}${names}${more}`
}
