// SPDX-License-Identifier: MIT
import type { Area } from './area.ts'
import type { Mm } from './mm.ts'
import { rightsText } from './record-mapping.ts'

/** Column at which the name begins, counted from 0 (seq_pad in show_map_vma). */
const nameColumn = 73

/** /proc/PID/maps, byte for byte as Linux writes it. */
export function mapsText(mm: Mm): string {
  return `${mm.areas
    .map(mapsLine)
    .join('')}${line('ffffffffff600000', 'ffffffffff601000', '--xp', 0, 0, '[vsyscall]')}`
}

export function mapsLine(area: Area): string {
  const { start, end, inode, fileOffset, name } = area
  return line(start.toString(16), end.toString(16), rightsText(area), fileOffset, inode?.number ?? 0, name)
}

function line(
  start: string,
  end: string,
  rights: string,
  offset: number,
  inode: number,
  name: string,
): string {
  const hex = offset.toString(16).padStart(8, '0')
  const fields = `${start.padStart(8, '0')}-${end.padStart(8, '0')} ${rights} ${hex} 00:00 ${inode} `
  return name === '' ? `${fields}\n` : `${fields.padEnd(nameColumn)}${name}\n`
}
