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
  const defined = readFileSymbols(elf.value).symbols.filter(({ imported }) => !imported)
  const names = defined.map(symbol => namesOf(symbol).map(text => symbolOf(symbol, text, image.value)))
  // Of several names of one place the last is shown in events: the plain one.
  const longest = Math.max(0, ...names.map(({ length }) => length))
  const symbols = Array.from({ length: longest }, (_, at) => names.flatMap(list => list[list.length - longest + at] ?? []))
  return { ...image.value, symbols: symbols.flat() }
}

/** The plain name last. */
function namesOf({ name, version }: FileSymbol): string[] {
  if (version === undefined) return [name]
  const bare = version.replace(/^@+/, '')
  return version.startsWith('@@') ? [`${name}@@${bare}`, `${name}@${bare}`, name] : [`${name}@${bare}`]
}

function symbolOf({ address, size, kind }: FileSymbol, name: string, image: Image): ImageSymbol {
  const fileOffset = fileOffsetOf(image, address)
  const indirect = kind === 'indirect-function'
  return {
    name,
    address,
    size,
    type: indirect ? 'function' : kind,
    ...(fileOffset !== undefined && { fileOffset }),
    ...(indirect && { indirect }),
  }
}
