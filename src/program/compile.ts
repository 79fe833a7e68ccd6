// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Diagnostic, Result } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/source-file.ts'
import type { ProgramText } from './assembler/source.ts'
import { compilerWords } from './compiler-words.ts'
import { readElf } from './elf/read-elf.ts'
import type { Image } from './image.ts'

export type CompileRequest = {
  /** What the image is called. */
  readonly name: string
  readonly source: ProgramText
  /** The author's flags, after ours, so that they win. */
  readonly flags: readonly string[]
  readonly pie: boolean
  /** With the C library and its start code; without, the program is only its own functions. */
  readonly hosted: boolean
  /** Linked with shared libraries, which programs then find in the guest's tree. */
  readonly dynamic?: boolean
  /** Where relative paths in flags and `#include "…"` start. */
  readonly folder: string
  /** Where finished programs are kept; made if it is not there. */
  readonly cacheFolder: string
  /** Of the binary in the scenario file, for errors without a line. */
  readonly span: Span
  /** Milliseconds that the compiler may take; 60 000 unless given. */
  readonly timeout?: number
}

/** What a finished program was made from, so that a later run may trust it. */
type Record = {
  /** Files that were included, but for the system's, with their hashes. */
  readonly included: readonly (readonly [path: string, hash: string])[]
  /** What the compiler printed. */
  readonly words: string
}

/**
 * Compiles C with the user's `cc` to a program, static unless it says otherwise. The result is cached by its text, flags and included files; the
 * compiler's complaints become diagnostics at the author's lines, its warnings come with the result.
 */
export async function compile(request: CompileRequest): Promise<Result<Image>> {
  const options = compilerOptions(request)
  const key = hash(JSON.stringify([request.source.text, options, resolve(request.folder)]))
  const finished = join(request.cacheFolder, key)
  const known = await readFinished(finished)
  if (known) return imageOf(known.bytes, known.record.words, request)
  await mkdir(request.cacheFolder, { recursive: true })
  const workFolder = await mkdtemp(join(resolve(request.cacheFolder), 'compiling-'))
  try {
    const ran = await runCompiler(options, workFolder, request)
    if ('code' in ran) return { ok: false, diagnostics: [ran] }
    if (ran.failed) return { ok: false, diagnostics: complaints(ran.words, request) }
    const record: Record = { included: await includedFiles(workFolder, request.folder), words: ran.words }
    await writeFile(join(workFolder, 'record.json'), JSON.stringify(record))
    await publish(workFolder, finished)
    return imageOf(await readFile(join(finished, 'program')), record.words, request)
  } finally {
    await rm(workFolder, { recursive: true, force: true })
  }
}

const freestanding = [
  '-nostdlib',
  '-ffreestanding',
  '-O1',
  '-fcf-protection=none',
  '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables',
  '-Wl,--build-id=none',
]

function compilerOptions({ hosted, dynamic, pie, flags }: CompileRequest): string[] {
  const linking = dynamic ? ['-pie'] : ['-static-pie']
  return [
    ...(pie ? [...linking, '-fpie'] : [...(dynamic ? [] : ['-static']), '-fno-pie', '-no-pie']),
    ...(hosted ? [] : freestanding),
    // Columns count characters, and the lines are ours to show.
    '-ftabstop=1',
    '-fdiagnostics-color=never',
    '-fno-diagnostics-show-caret',
    ...['-x', 'c', '-', '-x', 'none'],
    ...flags,
  ]
}

type Ran = { readonly failed: boolean; readonly words: string }

async function runCompiler(
  options: readonly string[],
  workFolder: string,
  request: CompileRequest,
): Promise<Ran | Diagnostic> {
  const { execa } = await import('execa')
  const outputs = ['-MMD', '-MF', join(workFolder, 'included'), '-o', join(workFolder, 'program')]
  const timeout = request.timeout ?? 60_000
  const compiler = execa('cc', [...options, ...outputs], {
    input: request.source.text,
    cwd: request.folder,
    env: { LC_ALL: 'C' },
    reject: false,
    // A group of its own: the compiler proper is a child of `cc` and would outlive it.
    detached: true,
  })
  let late = false
  const timer = setTimeout(() => {
    late = true
    if (compiler.pid !== undefined) process.kill(-compiler.pid, 'SIGKILL')
  }, timeout)
  const { failed, stderr, code, exitCode } = await compiler
  clearTimeout(timer)
  if (late) return unavailable(`the C compiler did not end within ${timeout} ms`, request)
  if (code !== undefined && exitCode === undefined)
    return unavailable(`no C compiler: \`cc\` could not be started (${code})`, request)
  return { failed, words: stderr }
}

function unavailable(message: string, { span }: CompileRequest): Diagnostic {
  return {
    code: 'B021',
    severity: 'error',
    message,
    labels: [{ span }],
    help: ['install a C compiler, or write the program as `asm:`, which needs none'],
  }
}

/** Errors of the compiler or the linker; all that they said where no line of it can be understood. */
function complaints(words: string, request: CompileRequest): Diagnostic[] {
  const errors = compilerWords(words, request.source, request.span).filter(
    ({ severity }) => severity === 'error',
  )
  if (errors.length > 0) return errors
  const notes = words.split('\n').filter(line => line.trim() !== '')
  const message = `\`cc\` failed on binary \`${request.name}\``
  return [{ code: 'B020', severity: 'error', message, labels: [{ span: request.span }], notes }]
}

function imageOf(bytes: Uint8Array, words: string, { name, source, span }: CompileRequest): Result<Image> {
  const image = readElf(new Uint8Array(bytes), name, span)
  const warnings = compilerWords(words, source, span).filter(({ severity }) => severity === 'warning')
  return image.ok && warnings.length > 0 ? { ...image, warnings } : image
}

/** The prerequisites that `-MMD` wrote, in the form of a make rule. */
async function includedFiles(workFolder: string, folder: string): Promise<(readonly [string, string])[]> {
  const rule = await readFile(join(workFolder, 'included'), 'utf8')
  const paths = rule
    .replace(/^[^:]*:/, '')
    .replaceAll('\\\n', ' ')
    .split(/(?<!\\)\s+/)
    .filter(path => path !== '' && path !== '-')
  return Promise.all(
    paths.map(async path => {
      const full = resolve(folder, path.replaceAll('\\ ', ' '))
      return [full, hash(await readFile(full))] as const
    }),
  )
}

/** A finished program whose included files are still the same. */
async function readFinished(folder: string): Promise<{ bytes: Uint8Array; record: Record } | undefined> {
  try {
    const record = JSON.parse(await readFile(join(folder, 'record.json'), 'utf8')) as Record
    for (const [path, wanted] of record.included) if (hash(await readFile(path)) !== wanted) return undefined
    return { bytes: await readFile(join(folder, 'program')), record }
  } catch {
    // Not there, or damaged: made anew.
    return undefined
  }
}

/** Puts a result in its place at once; where another process was faster, or an old one is stale, ours replaces it. */
async function publish(workFolder: string, finished: string): Promise<void> {
  await rm(finished, { recursive: true, force: true })
  try {
    await rename(workFolder, finished)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  }
}

function hash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
