// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { calcScenario, planOf } from './plan-of.ts'

/** Every character that has no other meaning may be written as an escape. */
const escaped = (text: string): string =>
  [...text]
    .map(sign =>
      /[A-Z%$]/.test(sign) ? `\\x${sign.charCodeAt(0).toString(16)}` : sign.replace(/["\\]/, '\\$&'),
    )
    .join('')

/** A text in each of YAML's ways to write one; undefined where it cannot be written so. `indent` is where the next lines begin. */
const styles: Readonly<Record<string, (text: string, indent: string) => string | undefined>> = {
  plain: text =>
    /: |[:,[\]{}&*!|>'"%@`#]/.test(text.slice(0, 1)) || /: | #|^- |"/.test(text) ? undefined : text,
  single: text => `'${text.replaceAll("'", "''")}'`,
  double: text => `"${text.replace(/["\\]/g, '\\$&')}"`,
  escapes: text => `"${escaped(text)}"`,
  'folded over two lines': (text, indent) => `>\n${indent}${text.replace(' ', `\n${indent}`)}`,
  literal: (text, indent) => `|\n${indent}${text}`,
}

type Mistake = {
  readonly key: 'define' | 'filter' | 'trigger'
  readonly text: string
  /** What is marked, as the value of the YAML text. */
  readonly marked: string
  /** The kernel's words, or its errno. */
  readonly words: string
}

const mistakes: readonly Mistake[] = [
  { key: 'define', text: 'p calc:add a=%rdi:s32', marked: '%rdi', words: 'Invalid register name' },
  { key: 'define', text: 'p calc:add a=%di:int', marked: 'int', words: 'Unknown type is specified' },
  {
    key: 'define',
    text: 'p calc:add v=$retval',
    marked: '$retval',
    words: '$retval is not available on probe',
  },
  {
    key: 'define',
    text: 'p calc:add s=+0(%di:string',
    marked: ':',
    words: 'Dereference brace is not closed',
  },
  {
    key: 'define',
    text: 'p calc:add 1st=%di',
    marked: '1st',
    words: 'Argument name must follow the same rules as C identifiers',
  },
  {
    key: 'define',
    text: 'p calc:add a=%di a=%si',
    marked: 'a',
    words: 'This argument name is already used',
  },
  {
    key: 'define',
    text: 'p:my-group/my-event calc:add',
    marked: 'my',
    words: 'Event name must follow the same rules as C identifiers',
  },
  { key: 'define', text: 'p calc:add a=%di:u8[65]', marked: '65', words: 'Array number is too big' },
  { key: 'define', text: 'p calc:add a=%di:b9@0/8', marked: 'b9', words: 'Invalid bitfield' },
  {
    key: 'define',
    text: 'p calc:add(0x10 a=%di',
    marked: ' ',
    words: 'Reference counter brace is not closed',
  },
  { key: 'define', text: 'p calc:add s=\\"hello b=%di', marked: ' ', words: `String is not closed with '"'` },
  { key: 'define', text: 'p calc:add s=\\"é→😀" a=%rdi', marked: '%rdi', words: 'Invalid register name' },
  {
    key: 'define',
    text: 'p:é/x calc:add',
    marked: 'é',
    words: 'Group name must follow the same rules as C identifiers',
  },
  { key: 'filter', text: 's == "日本" && b > 1', marked: 'b', words: 'Field not found' },
  { key: 'trigger', text: 'traceoff if s != "é" && z', marked: 'z', words: 'Field not found' },
  { key: 'filter', text: 'a = 2', marked: '=', words: 'Invalid operator' },
  { key: 'filter', text: 'a > 2 && b < 3', marked: 'b', words: 'Field not found' },
  { key: 'filter', text: 's == hello', marked: 'hello', words: 'Invalid value (did you forget quotes)?' },
  { key: 'filter', text: 'a == "2"', marked: '2', words: 'Expecting numeric field' },
  { key: 'filter', text: '(a == 2', marked: '(', words: `Too many '('` },
  { key: 'trigger', text: 'traceoff:1 if z == 2', marked: 'z', words: 'Field not found' },
  { key: 'trigger', text: 'traceof:1 if a == 2', marked: 'traceof', words: 'EINVAL' },
]

function scenario(
  { key, text }: Mistake,
  style: (text: string, indent: string) => string | undefined,
): string | undefined {
  const written = style(text, '      ')
  if (written === undefined) return undefined
  const define = key === 'define' ? written : '"p calc:add a=%di:s32 s=+0(%si):string"'
  const more =
    key === 'filter'
      ? [`    filter: ${written}`]
      : key === 'trigger'
        ? ['    triggers:', `    - ${written}`]
        : []
  return calcScenario({ probes: ['  key:', `    define: ${define}`, ...more].join('\n') })
}

/** The characters of the file over the first marks. */
function markedIn(told: string): string {
  const [, line, marks] = /\n *\d+ \|([^\n]*)\n +\|( *\^+)/.exec(told) ?? []
  return line?.slice(marks!.indexOf('^'), marks!.length) ?? ''
}

describe('a mistake of a probe is marked under the author’s own characters', () => {
  for (const mistake of mistakes) {
    for (const [name, style] of Object.entries(styles)) {
      const text = scenario(mistake, style)
      if (text === undefined) continue
      it(`${mistake.text} (${name})`, async () => {
        const { told } = await planOf(text)
        expect(told).to.match(/^error\[R010\]/)
        expect(told.split('\n', 1)[0]).to.include(mistake.words)
        const marked = markedIn(told)
        const wanted = name === 'escapes' ? escaped(mistake.marked) : mistake.marked
        expect(marked).to.equal(wanted)
      })
    }
  }
})
