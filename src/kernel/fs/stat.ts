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
  view.setBigUint64(16, BigInt(inode.links), true)
  view.setUint32(24, modeOf(inode), true)
  view.setBigUint64(40, BigInt((major << 8) | minor), true)
  view.setBigUint64(48, BigInt(sizeOf(inode)), true)
  view.setBigUint64(56, BigInt(blockSize), true)
  view.setBigUint64(64, BigInt(Math.ceil(sizeOf(inode) / 512)), true)
  for (const offset of [72, 88, 104]) {
    view.setBigUint64(offset, inode.changed / 1_000_000_000n, true)
    view.setBigUint64(offset + 8, inode.changed % 1_000_000_000n, true)
  }
}

/** STATX_BASIC_STATS. */
export function fillStatx(view: DataView, inode: FileInode): void {
  const [major, minor] = deviceOf(inode)
  view.setUint32(0, 0x7ff, true)
  view.setUint32(4, blockSize, true)
  view.setUint32(16, inode.links, true)
  view.setUint16(28, modeOf(inode), true)
  view.setBigUint64(32, BigInt(inode.number), true)
  view.setBigUint64(40, BigInt(sizeOf(inode)), true)
  view.setBigUint64(48, BigInt(Math.ceil(sizeOf(inode) / 512)), true)
  for (const offset of [64, 96, 112]) {
    view.setBigUint64(offset, inode.changed / 1_000_000_000n, true)
    view.setUint32(offset + 8, Number(inode.changed % 1_000_000_000n), true)
  }
  view.setUint32(128, major, true)
  view.setUint32(132, minor, true)
}

function deviceOf(inode: FileInode): readonly [number, number] {
  return inode.content.kind === 'device' ? deviceNumbers[inode.content.device] : [0, 0]
}

function sizeOf(inode: FileInode): number {
  return inode.content.kind === 'link' ? inode.content.target.length : inode.size
}
