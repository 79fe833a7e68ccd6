// SPDX-License-Identifier: MIT
import { openElf } from '../program/elf/elf-file.ts'
import { fileBytes } from '../program/elf/file-bytes.ts'
import { type FileSymbol, readFileSymbols } from '../program/elf/file-symbols.ts'
import { readElf } from '../program/elf/read-elf.ts'
import type { Image, ImageSymbol } from '../program/image.ts'
import { fileOffsetOf } from '../program/symbols.ts'

/**
 * A shared library whose symbols go by their versions as the linker's do: `memcpy` is the default one, `memcpy@GLIBC_2.2.5` another, and
 * `memcpy@@GLIBC_2.14` or `memcpy@GLIBC_2.14` the default by its full name. Undefined for what is no ELF file.
 */
export function libraryImage(bytes: Uint8Array, name: string): Image | undefined {
  const image = readElf(bytes, name)
  const elf = openElf(fileBytes(bytes), name)
  if (!image.ok || !elf.ok) return undefined
  const symbols = readFileSymbols(elf.value)
    .symbols.filter(({ imported }) => !imported)
    .map(symbol => symbolOf(symbol, image.value))
  return { ...image.value, symbols }
}

function symbolOf({ name, version = '', address, size, kind }: FileSymbol, image: Image): ImageSymbol {
  const fileOffset = fileOffsetOf(image, address)
  const indirect = kind === 'indirect-function'
  const isDefault = version.startsWith('@@')
  return {
    name: isDefault ? name : `${name}${version}`,
    address,
    size,
    type: indirect ? 'function' : kind,
    ...(fileOffset !== undefined && { fileOffset }),
    ...(isDefault && { version: version.slice(2) }),
    ...(indirect && { indirect }),
  }
}
