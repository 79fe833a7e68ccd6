// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Syntax } from '../../src/program/assembler/parse-expression.ts'

const heads: Readonly<Record<Syntax, string>> = { intel: '.intel_syntax noprefix', att: '.att_syntax' }

/** Whether GNU as, ld and objcopy can be run here. */
export function hasGnuAs(): boolean {
  return ['as', 'ld', 'objcopy'].every(tool => spawnSync(tool, ['--version']).status === 0)
}

/** The bytes of each instruction by GNU as, in hexadecimal, or undefined where it refuses. */
export function assembleForms(forms: readonly string[], syntax: Syntax): (string | undefined)[] {
  let accepted = [...forms.keys()]
  for (;;) {
    const lines = [
      ...[heads[syntax], '.text', ...accepted.map(index => `form${index}: ${forms[index]}`), 'end:'],
      ...['.data', ...accepted.map(index => `.quad form${index}`), '.quad end'],
    ]
    const { errors, messages, sections } = run(`${lines.join('\n')}\n`, 0x10000000)
    if (sections) {
      const starts = accepted.map((_, place) => offsetAt(sections.data, place))
      const bytes = new Map(
        accepted.map((index, place) => [
          index,
          sections.text.subarray(starts[place], offsetAt(sections.data, place + 1)),
        ]),
      )
      return forms.map((_, index) => bytes.get(index)?.toString('hex'))
    }
    const refused = new Set(errors.map(line => accepted[line - 3]))
    if (refused.size === 0) throw new Error(messages)
    accepted = accepted.filter(index => !refused.has(index))
  }
}

/** The bytes of `.text` and `.data` of a program, linked where our assembler puts them. */
export function assembleProgram(text: string): { text: string; data: string } {
  const { sections, messages } = run(`${heads.intel}\n.text\n${text}`)
  if (!sections) throw new Error(messages)
  return { text: sections.text.toString('hex'), data: sections.data.toString('hex') }
}

type Sections = { readonly text: Buffer; readonly data: Buffer }

function run(
  source: string,
  dataAddress = 0x402000,
): { errors: number[]; messages: string; sections?: Sections } {
  const folder = mkdtempSync(join(tmpdir(), 'gnu-as-'))
  const path = (name: string): string => join(folder, name)
  try {
    writeFileSync(path('in.s'), source)
    const assembled = spawnSync('as', ['--64', '-o', path('in.o'), path('in.s')], { encoding: 'utf8' })
    if (assembled.status !== 0) {
      const errors = [...assembled.stderr.matchAll(/in\.s:(\d+): Error/g)].map(match => Number(match[1]))
      return { errors, messages: assembled.stderr }
    }
    const sections = [
      '-Ttext=0x401000',
      `-Tdata=0x${dataAddress.toString(16)}`,
      `-Tbss=0x${(dataAddress + 0x1000).toString(16)}`,
      '-e',
      '0x401000',
      '--no-warn-rwx-segments',
    ]
    const linked = spawnSync('ld', [...sections, '-o', path('out'), path('in.o')], { encoding: 'utf8' })
    if (linked.status !== 0) return { errors: [], messages: linked.stderr }
    const section = (name: string): Buffer => {
      spawnSync('objcopy', ['-O', 'binary', '-j', name, path('out'), path('section')])
      return readFileSync(path('section'))
    }
    return { errors: [], messages: '', sections: { text: section('.text'), data: section('.data') } }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function offsetAt(addresses: Buffer, index: number): number {
  return Number(addresses.readBigUInt64LE(index * 8)) - 0x401000
}
