// SPDX-License-Identifier: MIT
import type { SourceFile, Span } from '../diagnostics/source-file.ts'
import type { Definitions } from './read-definitions.ts'
import { readExpectation } from './read-expectation.ts'
import { readKernel } from './read-kernel.ts'
import { isTrue, optionalText, readCount, readText, readTexts, readWords } from './read-scalars.ts'
import { readSchedule, readTurns } from './read-schedule.ts'
import { error, type Report } from './report.ts'
import type { Scenario } from './scenario.ts'
import { childOf, entryOf, type TreeNode } from './tree.ts'
import { type Variant, variantId } from './variant.ts'

export type ScenarioPlace = { readonly id: string; readonly file: SourceFile; readonly folder: string }

/** A whole scenario from a tree that the schema accepts and definitions that are merged already. */
export function readScenario(
  tree: TreeNode,
  definitions: Definitions,
  { id, file, folder }: ScenarioPlace,
  variant: Variant,
  report: Report,
): Scenario {
  const at = (key: string) => childOf(tree, key)
  const title = entryOf(tree, 'title')!
  const whole: Span = title.keySpan
  const texts = { why: at('why'), skip: at('skip'), xfail: at('xfail') }
  const engines = at('engines')
  const root = at('root')
  const schedule = readSchedule(entryOf(tree, 'schedule'), report)
  const actions = entryOf(tree, 'actions')
  if (actions && schedule.kind === 'turns') {
    report(
      error('S003', actions.keySpan, '`actions` is for schedules that are not a list', {
        help: 'write each action as a turn of the list, at the point where it shall happen',
      }),
    )
  }
  checkEngines(engines, report)
  const because = optionalText(childOf(at('invariants'), 'because'))
  return {
    id: variantId(id, variant),
    file,
    folder,
    variant: variant.map(({ axis, name }) => [axis, name] as const),
    title: readText(title.value),
    ...Object.fromEntries(
      Object.entries(texts).flatMap(([key, node]) => (node ? [[key, readText(node).value]] : [])),
    ),
    tags: readWords(at('tags')),
    only: isTrue(at('only')),
    requires: readWords(at('requires')),
    kernel: readKernel(at('kernel'), whole, report),
    engines: engines ? readWords(engines) : ['emulator'],
    ...(root && { root: readText(root) }),
    ...definitions,
    actions: readTurns(actions?.value, report),
    schedule,
    expect: readExpectation(entryOf(tree, 'expect'), whole, variant, report),
    limits: readLimits(at('limits')),
    ...readBuffer(at('buffer')),
    invariants: {
      except: readTexts(childOf(at('invariants'), 'except')),
      ...(because !== undefined && { because }),
    },
  }
}

function checkEngines(node: TreeNode | undefined, report: Report): void {
  if (!node || readWords(node).includes('emulator')) return
  report(
    error('S009', node.span, 'the live engine `linux` is not available in this version', {
      help: 'add the emulator:   engines: [emulator, linux]',
    }),
  )
}

const units: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, ms: 1, s: 1000 }

/** A number, or one with a unit: `64M`, `10s`. */
function readAmount(node: TreeNode): number {
  const [, number, unit] = /^(\d+)([A-Za-z]+)$/.exec(readText(node).value) ?? []
  return number === undefined ? readCount(node) : Number(number) * (units[unit ?? ''] ?? 1)
}

function readBuffer(node: TreeNode | undefined): Pick<Scenario, 'buffer'> {
  if (!node) return {}
  const overwrite = childOf(node, 'overwrite')
  return {
    buffer: { bytes: readAmount(childOf(node, 'size')!), overwrite: overwrite ? isTrue(overwrite) : true },
  }
}

/** Bytes for `memory`, milliseconds for `wall`. */
function readLimits(node: TreeNode | undefined): Scenario['limits'] {
  const limit = (key: string, otherwise: number) => {
    const value = childOf(node, key)
    return value ? readAmount(value) : otherwise
  }
  const written = childOf(node, 'instructions')
  return {
    ...(written && { span: written.span }),
    instructions: limit('instructions', 1_000_000),
    memory: limit('memory', 64 * 2 ** 20),
    wall: limit('wall', 10_000),
  }
}
