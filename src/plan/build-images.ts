// SPDX-License-Identifier: MIT
import { resolve } from 'node:path'
import type { Diagnostic, Result } from '../diagnostics/diagnostic.ts'
import type { Image } from '../program/image.ts'
import type { BinarySource, Located, Scenario } from '../scenario/scenario.ts'

type NamedBinary = BinarySource & { readonly name: Located<string> }

export type BuildOptions = {
  /** Bytes of a file by its absolute path; rejects where it cannot be read. */
  readonly readFile: (path: string) => Promise<Uint8Array>
  /** Where compiled programs are kept between runs. */
  readonly cacheFolder: string
}

/** Builds every binary of a scenario, or gives all that is wrong with any of them. Assembler and compiler are loaded only when needed. */
export async function buildImages(
  scenario: Scenario,
  options: BuildOptions,
): Promise<Result<ReadonlyMap<string, Image>>> {
  const images = new Map<string, Image>()
  const diagnostics: Diagnostic[] = []
  const warnings: Diagnostic[] = []
  for (const [name, binary] of scenario.binaries) {
    const built = await buildImage(binary, scenario.root !== undefined, options)
    if (built.ok) {
      images.set(name, built.value)
      warnings.push(...(built.warnings ?? []))
    } else {
      diagnostics.push(...built.diagnostics)
    }
  }
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: images, warnings }
}

/** With a root folder C programs are linked as `cc` links them, unless their flags say `-static`. */
async function buildImage(
  binary: NamedBinary,
  rooted: boolean,
  options: BuildOptions,
): Promise<Result<Image>> {
  const name = binary.name.value
  switch (binary.kind) {
    case 'asm': {
      const { assemble } = await import('../program/assembler/assemble.ts')
      const { parts, pie, base } = binary
      return assemble(parts, { name, pie, ...(base && { base: base.value }) })
    }
    case 'c': {
      const { compile } = await import('../program/compile.ts')
      const { source, flags, pie, folder, name: written } = binary
      const hosted = usesLibrary(binary)
      return compile({
        name,
        source,
        flags,
        pie,
        hosted,
        dynamic: rooted && hosted && !flags.some(flag => flag.startsWith('-static')),
        folder,
        cacheFolder: options.cacheFolder,
        span: written.span,
      })
    }
    case 'elf':
      return readProgram(binary, options)
  }
}

/** Whether a C program has the C library; `run:` needs one without. */
export function usesLibrary({ flags }: { readonly flags: readonly string[] }): boolean {
  return !flags.includes('-nostdlib')
}

async function readProgram(
  { path, folder, name }: NamedBinary & { kind: 'elf' },
  { readFile }: BuildOptions,
): Promise<Result<Image>> {
  const bytes = await readFile(resolve(folder, path.value)).catch(() => undefined)
  if (!bytes) {
    const message = `the file \`${path.value}\` cannot be read`
    return {
      ok: false,
      diagnostics: [{ code: 'R001', severity: 'error', message, labels: [{ span: path.span }] }],
    }
  }
  const { readElf } = await import('../program/elf/read-elf.ts')
  return readElf(bytes, name.value, path.span)
}
