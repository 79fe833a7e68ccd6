// SPDX-License-Identifier: MIT
import { pageSize } from '../../machine/machine.ts'
import { Advised, type Area, type AreaFlags } from './area.ts'
import { mapsLine } from './maps-text.ts'
import { isAnonymous, type Mm, pageOf } from './mm.ts'

/** Kilobytes of an area that are in memory. Pages of special mappings and the page of zeros do not count, as in Linux. */
export type Resident = {
  readonly anonymous: number
  readonly file: number
  /** Mapped elsewhere, too. */
  readonly shared: { readonly anonymous: number; readonly file: number }
  /** Each page divided by the mappings that it is in. */
  readonly proportional: { readonly anonymous: number; readonly file: number }
}

const pageKilobytes = pageSize / 1024

/** /proc/PID/smaps as Linux writes it. Written file pages are not told from read ones: they count as clean. */
export function smapsText(mm: Mm): string {
  return mm.areas.map(area => `${mapsLine(area)}${areaText(area, residentOf(area))}`).join('')
}

export function residentOf(area: Area): Resident {
  const sums = {
    ...{ anonymous: 0, file: 0 },
    ...{ shared: { anonymous: 0, file: 0 }, proportional: { anonymous: 0, file: 0 } },
  }
  const { kernel, table } = area.mm
  if (area.pages) return sums
  for (let address = area.start; address < area.end; address += pageSize) {
    const frame = table.frameOf(pageOf(address))
    if (frame === undefined || frame === kernel.zeroPage) continue
    const kind = isAnonymous(area, address, frame) ? 'anonymous' : 'file'
    const mappings =
      kind === 'anonymous' ? kernel.machine.memory.references(frame) : mappingsOf(area, address, frame)
    sums[kind] += pageKilobytes
    if (mappings > 1) sums.shared[kind] += pageKilobytes
    sums.proportional[kind] += pageKilobytes / mappings
  }
  return sums
}

/** How many mappings have a page of a file in their page tables. */
function mappingsOf(area: Area, address: number, frame: number): number {
  const offset = area.offsetOf(address)
  let count = 0
  for (const { mm, start, end, offset: first } of area.inode!.mappings) {
    const there = start + (offset - first)
    if (there >= start && there < end && mm.table.frameOf(pageOf(there)) === frame) count++
  }
  return count
}

function areaText({ start, end, flags }: Area, { anonymous, file, shared, proportional }: Resident): string {
  const resident = anonymous + file
  const fields: readonly (readonly [name: string, kilobytes: number])[] = [
    ['Size', (end - start) / 1024],
    ['KernelPageSize', pageKilobytes],
    ['MMUPageSize', pageKilobytes],
    ['Rss', resident],
    ['Pss', Math.floor(proportional.anonymous + proportional.file)],
    ['Pss_Dirty', Math.floor(proportional.anonymous)],
    ['Shared_Clean', shared.file],
    ['Shared_Dirty', shared.anonymous],
    ['Private_Clean', file - shared.file],
    ['Private_Dirty', anonymous - shared.anonymous],
    ['Referenced', resident],
    ['Anonymous', anonymous],
    ...never.map(name => [name, 0] as const),
  ]
  const lines = fields.map(([name, value]) => `${`${name}:`.padEnd(16)}${String(value).padStart(8)} kB\n`)
  return `${lines.join('')}THPeligible:    ${'0'.padStart(8)}\nVmFlags: ${flagsText(flags)}\n`
}

const never = [
  ...['KSM', 'LazyFree', 'AnonHugePages', 'ShmemPmdMapped', 'FilePmdMapped', 'Shared_Hugetlb'],
  ...['Private_Hugetlb', 'Swap', 'SwapPss', 'Locked'],
]

/** Two letters and a space each, in the order of their bits; `me` is VM_MAYEXEC, `de` VM_DONTEXPAND. */
function flagsText(flags: AreaFlags): string {
  const advised = (note: number): boolean => (flags.advised & note) !== 0
  const letters: readonly (readonly [letters: string, set: boolean])[] = [
    ['rd', flags.read],
    ['wr', flags.write],
    ['ex', flags.execute],
    ['sh', flags.shared],
    ['mr', flags.mayRead],
    ['mw', flags.mayWrite],
    ['me', flags.mayExecute],
    ['ms', flags.shared],
    ['gd', flags.growsDown],
    ['io', flags.io],
    ['sr', advised(Advised.SEQUENTIAL)],
    ['rr', advised(Advised.RANDOM)],
    ['dc', flags.dontCopy],
    ['de', flags.special],
    ['ac', flags.account],
    ['nr', flags.noReserve],
    ['wf', advised(Advised.WIPE_ON_FORK)],
    ['dd', advised(Advised.DONT_DUMP)],
    ['hg', advised(Advised.HUGE_PAGES)],
    ['nh', advised(Advised.NO_HUGE_PAGES)],
    ['mg', advised(Advised.MERGEABLE)],
  ]
  return letters.map(([text, set]) => (set ? `${text} ` : '')).join('')
}
