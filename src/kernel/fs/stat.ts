// SPDX-License-Identifier: MIT
import { type Content, type FileInode, FileType } from './inode.ts'

/** Bytes of struct stat and struct statx. */
export const statSize = 144
export const statxSize = 256
const blockSize = 4096

const types = {
  regular: FileType.regular,
  generated: FileType.regular,
  memory: FileType.regular,
  directory: FileType.directory,
  link: FileType.link,
  device: FileType.device,
  pipe: FileType.fifo,
  socket: FileType.socket,
  special: 0,
} as const satisfies Record<Content['kind'], number>

const deviceNumbers = {
  null: [1, 3],
  zero: [1, 5],
  full: [1, 7],
  random: [1, 9],
  output: [0, 0],
} as const

/** st_mode: type and permission bits. */
export function modeOf({ content, mode }: FileInode): number {
  if (content.kind === 'special') return content.object.type | mode
  const isOutput = content.kind === 'device' && content.device === 'output'
  return (isOutput ? FileType.fifo : types[content.kind]) | mode
}

/** d_type of getdents64. */
export function directoryType(inode: FileInode): number {
  return types[inode.content.kind] >> 12
}

export function fillStat(view: DataView, inode: FileInode): void {
  const [major, minor] = deviceOf(inode)
  view.setBigUint64(8, BigInt(inode.number), true)
  view.setBigUint64(16, BigInt(linksOf(inode)), true)
  view.setUint32(24, modeOf(inode), true)
  view.setUint32(28, inode.owner, true)
  view.setUint32(32, inode.group, true)
  view.setBigUint64(40, BigInt((major << 8) | minor), true)
  view.setBigUint64(48, BigInt(sizeOf(inode)), true)
  view.setBigUint64(56, BigInt(blockSize), true)
  view.setBigUint64(64, BigInt(blocksOf(inode)), true)
  for (const [index, time] of timesOf(inode).entries()) {
    view.setBigUint64(72 + index * 16, time / 1_000_000_000n, true)
    view.setBigUint64(80 + index * 16, time % 1_000_000_000n, true)
  }
}

/** Access, change of the content, change of anything. */
function timesOf({ accessed, changed, statusChanged }: FileInode): readonly bigint[] {
  return [accessed, changed, statusChanged]
}

/** STATX_BASIC_STATS. */
export function fillStatx(view: DataView, inode: FileInode): void {
  const [major, minor] = deviceOf(inode)
  view.setUint32(0, 0x7ff, true)
  view.setUint32(4, blockSize, true)
  view.setUint32(16, linksOf(inode), true)
  view.setUint32(20, inode.owner, true)
  view.setUint32(24, inode.group, true)
  view.setUint16(28, modeOf(inode), true)
  view.setBigUint64(32, BigInt(inode.number), true)
  view.setBigUint64(40, BigInt(sizeOf(inode)), true)
  view.setBigUint64(48, BigInt(blocksOf(inode)), true)
  const [accessed, changed, statusChanged] = timesOf(inode)
  for (const [offset, time] of [
    [64, accessed!],
    [96, statusChanged!],
    [112, changed!],
  ] as const) {
    view.setBigUint64(offset, time / 1_000_000_000n, true)
    view.setUint32(offset + 8, Number(time % 1_000_000_000n), true)
  }
  view.setUint32(128, major, true)
  view.setUint32(132, minor, true)
}

function deviceOf(inode: FileInode): readonly [number, number] {
  return inode.content.kind === 'device' ? deviceNumbers[inode.content.device] : [0, 0]
}

/** Folders are of one size, but for those that are made up. */
function sizeOf(inode: FileInode): number {
  const { content, path } = inode
  if (content.kind === 'link') return content.target.length
  return content.kind === 'directory' && !path.startsWith('/proc') ? blockSize : inode.size
}

/** In units of 512 bytes. A link lies within its inode. */
function blocksOf(inode: FileInode): number {
  return inode.content.kind === 'link' ? 0 : Math.ceil(sizeOf(inode) / blockSize) * (blockSize / 512)
}

/** A folder has a name, its own `.`, and the `..` of each folder in it. */
function linksOf({ content, links }: FileInode): number {
  if (content.kind !== 'directory' || links === 0) return links
  let count = 2
  for (const { content: child } of content.entries.values()) if (child.kind === 'directory') count++
  return count
}
