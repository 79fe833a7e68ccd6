// SPDX-License-Identifier: MIT
import { closed, listOf, property, ref, type Schema, text } from './property.ts'

const limit = (title: string, doc: string, example: number) => property(title, doc, [example], ref('u64'))

/** Numbers and the patterns of `scenario-format` §6.2. */
export const valueDefinitions: Readonly<Record<string, Schema>> = {
  u64: {
    title: 'number',
    markdownDescription:
      'An integer of up to 64 bits. Beyond 2⁵³ it is exact too; an editor that cannot show it may be given the text `"0x…"`.',
    examples: [5, -1, '0xffffffffffffffff'],
    type: ['integer', 'string'],
    pattern: '^-?0x[0-9a-fA-F]+$',
  },
  value: {
    title: 'value',
    markdownDescription:
      'What a value must be: the value itself, `_` (anything), `$x` (first use binds, later uses must be equal), `binary:symbol+4` for an address, or a map: `{ min, max }`, `{ in: […] }`, `{ not: … }`, `{ re: … }`, `{ mask, is }`, `{ within: region }`.',
    examples: [5, '_', '$slot', 'calc:add+4', { min: 1, max: 3 }],
    ...closed(
      {
        min: limit('smallest value', 'The smallest value that matches.', 1),
        max: limit('largest value', 'The largest value that matches.', 3),
        in: property('set of values', 'Any one of these.', [['a', 'b']], listOf(ref('value'))),
        not: property('excluded value', 'Anything but this.', [0], ref('value')),
        re: property(
          'regular expression',
          'A regular expression (RE2 syntax) that is found anywhere in the text.',
          ['^lib.*'],
          text,
        ),
        mask: property('mask', 'The bits that are compared with `is`.', [0xff], ref('u64')),
        is: property(
          'exact value',
          'With `mask`: the value of those bits. Alone: exactly this, so that a text like `$x` or `_` can be written.',
          [0x10, '$x'],
          { type: ['integer', 'string', 'boolean'] },
        ),
        within: property(
          'region',
          'Inside a named region: `xol`, `stack:THREAD` or a binary.',
          ['xol', 'stack:A', 'calc'],
          text,
        ),
      },
      { type: ['integer', 'string', 'boolean', 'null', 'object', 'array'], items: ref('value') },
    ),
  },
  times: {
    title: 'number of times',
    markdownDescription: 'Exactly so often, or `{ min, max }`.',
    examples: [3, { min: 1, max: 3 }],
    ...closed(
      {
        min: property('smallest number of times', 'At least so often.', [1], { type: 'integer', minimum: 0 }),
        max: property('largest number of times', 'At most so often.', [3], { type: 'integer', minimum: 0 }),
      },
      { type: ['integer', 'object'], minimum: 0 },
    ),
  },
}
