// SPDX-License-Identifier: MIT
import type { Result } from '../../diagnostics/diagnostic.ts'
import type { Span } from '../../diagnostics/source-file.ts'
import type { Image } from '../image.ts'
import { fileBytes } from './file-bytes.ts'
import { broken, type Fault, faultDiagnostic, isFault, readHeaders } from './read-headers.ts'
import { readSymbols } from './read-symbols.ts'

/**
 * Reads the headers and symbols of an ELF64 program for x86-64 (ET_EXEC or ET_DYN). The file is not trusted: what is
 * truncated, overlaps or has absurd sizes is a diagnostic. `span` is where the author named the file.
 */
export function readElf(bytes: Uint8Array, name: string, span?: Span): Result<Image> {
  const headers = readHeaders(fileBytes(bytes))
  if (isFault(headers)) return refuse(name, headers, span)
  const { positionIndependent, entry, segments, interpreter } = headers
  const symbols = readSymbols(bytes, segments)
  if (typeof symbols === 'string') return refuse(name, broken(symbols), span)
  return {
    ok: true,
    value: {
      name,
      bytes,
      positionIndependent,
      entry,
      segments,
      symbols,
      ...(interpreter === undefined ? {} : { interpreter }),
    },
  }
}

function refuse(name: string, fault: Fault, span: Span | undefined): Result<never> {
  return { ok: false, diagnostics: [faultDiagnostic(name, fault, 'started', span)] }
}
