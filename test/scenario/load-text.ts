// SPDX-License-Identifier: MIT
import { describeSpan, type Span } from '../../src/diagnostics/source-file.ts'
import { type LoadedFile, loadScenarios } from '../../src/scenario/load-scenarios.ts'
import type { Scenario } from '../../src/scenario/scenario.ts'

/** Loads texts as if they were files below `/here`; the first is the scenario. */
export function loadText(text: string, others: Readonly<Record<string, string>> = {}): Promise<LoadedFile> {
  const files: Readonly<Record<string, string>> = { 'test.yaml': text, ...others }
  return loadScenarios('test.yaml', {
    cwd: '/here',
    readFile: async path => {
      const found = files[path.replace('/here/', '')]
      if (found === undefined) throw new Error('ENOENT')
      return found
    },
  })
}

/** The only scenario of a text that has no mistakes. */
export async function scenarioOf(text: string, others?: Readonly<Record<string, string>>): Promise<Scenario> {
  const { scenarios, diagnostics } = await loadText(text, others)
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('; '))
  return scenarios[0]!
}

/** The characters that a span covers. */
export function textOf({ file, start, end }: Span): string {
  return file.text.slice(start, end)
}

/** `line:column text`, which pins a span down. */
export function pinned(span: Span): string {
  return `${describeSpan(span).split(':').slice(1).join(':')} ${textOf(span)}`
}

/** A scenario around the part that a test is about: every section may be replaced. */
export function scenarioText(parts: Readonly<Record<string, string>> = {}): string {
  const sections: Record<string, string> = {
    title: 'title: a claim',
    binaries: 'binaries:\n  calc:\n    asm: |\n      main:\n          ret',
    threads: 'threads:\n  main: { run: calc:main }',
    probes: 'probes:\n  add_in: p calc:main',
    expect: 'expect:\n  events:\n    - hit: add_in\n    - exit: main',
    ...parts,
  }
  return `${Object.values(sections)
    .filter(section => section !== '')
    .join('\n')}\n`
}
