// SPDX-License-Identifier: MIT
import { type ElfFile, openElf } from '../../src/program/elf/elf-file.ts'
import { fileBytes } from '../../src/program/elf/file-bytes.ts'
import { writeElf } from '../../src/program/elf/write-elf.ts'
import { unwrap } from './assemble-text.ts'

/** Bytes of little-endian numbers and texts, for tables that are written by hand. */
export const u8 = (...values: number[]): number[] => values.map(value => value & 0xff)
export const u16 = (value: number): number[] => u8(value, value >> 8)
export const u32 = (value: number): number[] => [...u16(value), ...u16(value >> 16)]
export const u64 = (value: number): number[] => [...u32(value), ...u32(Math.floor(value / 2 ** 32))]
export const text = (value: string): number[] => [...Buffer.from(value), 0]

export const codeAddress = 0x401000n

/** A program of 256 bytes of `ret` with sections that are not loaded. */
export function fileWith(sections: Readonly<Record<string, readonly number[]>>): Uint8Array {
  const segment = { read: true, write: false }
  return writeElf({
    positionIndependent: false,
    entry: codeAddress,
    segments: [
      { ...segment, execute: false, address: 0x400000n, memorySize: 4096, fileOffset: 0, fileSize: 4096 },
      { ...segment, execute: true, address: codeAddress, memorySize: 256, fileOffset: 4096, fileSize: 256 },
    ],
    sections: [
      {
        name: '.text',
        address: codeAddress,
        size: 256,
        bytes: new Uint8Array(256).fill(0xc3),
        fileOffset: 4096,
        alignment: 16,
        loaded: true,
        write: false,
        execute: true,
      },
      ...Object.entries(sections).map(([name, bytes]) => ({
        name,
        address: 0n,
        size: bytes.length,
        bytes: Uint8Array.from(bytes),
        alignment: 1,
        loaded: false,
        write: false,
        execute: false,
      })),
    ],
    symbols: [
      { name: 'main', address: codeAddress, size: 64, type: 'function', binding: 'global', section: 0 },
      {
        name: 'other',
        address: codeAddress + 64n,
        size: 64,
        type: 'function',
        binding: 'global',
        section: 0,
      },
    ],
  })
}

export function opened(bytes: Uint8Array): ElfFile {
  return unwrap(openElf(fileBytes(bytes), 'a'))
}
