// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assemble } from '../../src/program/assembler/assemble.ts'
import type { Image } from '../../src/program/image.ts'

/** A loop that does nothing: hlt alone. */
const nothing = 'f4'

/**
 * Processor seconds of loops as static programs under `qemu-x86_64`, its start-up taken off: the best of three. Undefined: it is not
 * installed.
 */
export function qemuSeconds(
  loops: Readonly<Record<string, string>>,
): ReadonlyMap<string, number> | undefined {
  if (['bash', 'qemu-x86_64'].some(tool => spawnSync(tool, ['--version']).status !== 0)) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'trapline-bench-'))
  const startUp = measure(folder, nothing)
  const times = Object.entries(loops).map(([name, code]): [string, number] => [
    name,
    Math.max(0.001, measure(folder, code) - startUp),
  ])
  rmSync(folder, { recursive: true })
  return new Map(times)
}

function measure(folder: string, code: string): number {
  const program = join(folder, 'loop')
  writeFileSync(program, loopProgram(code).bytes, { mode: 0o755 })
  const rounds = [1, 2, 3].map(() => {
    const script = 'TIMEFORMAT="%U %S"; time "$@"'
    const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', 'qemu-x86_64', program])
    if (status !== 0) throw new Error(`qemu-x86_64 ends with ${status}: ${stderr}`)
    const [user, system] = String(stderr).trim().split(' ')
    return Number(user) + Number(system)
  })
  return Math.min(...rounds)
}

/** The loop as a function of a program: its hlt becomes a ret. */
function loopProgram(code: string): Image {
  const bytes = Buffer.from(code, 'hex')
  bytes[bytes.indexOf(0xf4)] = 0xc3
  const text = `_start:
  mov edi, 0x30000000
  mov esi, 0x90000
  mov edx, 3
  mov r10d, 0x32
  mov r8, -1
  xor r9d, r9d
  mov eax, 9
  syscall
  call loop
  xor edi, edi
  mov eax, 231
  syscall
loop: .byte ${[...bytes].join(', ')}
`
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(match => match.index + 1)]
  const result = assemble([{ text, origin: { file: { path: 'loop.s', text }, lineStarts } }], {
    name: 'loop',
  })
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'))
  return result.value
}
