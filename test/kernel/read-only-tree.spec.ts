// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { errnoName } from '../../src/kernel/errno.ts'
import type { OutsideEntry, OutsideFile } from '../../src/kernel/fs/outside-tree.ts'
import { boot } from './boot.ts'

type Argument = number | string
/** A system call by its number; texts become addresses of strings. */
type CallLine = readonly [number: number, ...values: Argument[]]

const registers = ['rdi', 'rsi', 'rdx', 'r10', 'r8', 'r9']

/** The results of calls that are made one after the other: numbers, or names of errors. */
function results(
  tree: readonly OutsideEntry[],
  calls: readonly CallLine[],
  look: (output: string) => void = () => {},
): (number | string)[] {
  const texts = [...new Set(calls.flat().filter(value => typeof value === 'string'))]
  const code = calls.map(([number, ...values], index) => [
    ...values.map((value, at) =>
      typeof value === 'string'
        ? `lea ${registers[at]}, [rip + text${texts.indexOf(value)}]`
        : `mov ${registers[at]}, ${value}`,
    ),
    `mov eax, ${number}`,
    'syscall',
    `mov [rip + results + ${index * 8}], rax`,
  ])
  const data = texts.map((text, index) => `text${index}: .asciz ${JSON.stringify(text)}`)
  const guest = boot(
    [
      '_start:',
      ...code.flat(),
      'halt: jmp halt',
      '.data',
      'buffer: .skip 256',
      `results: .skip ${calls.length * 8}`,
      ...data,
    ].join('\n'),
    { tree: { list: () => tree } },
  )
  guest.stepTo('halt')
  look(guest.output())
  const bytes = guest.task.mm!.peek(guest.address('results'), calls.length * 8)!
  return [...new BigInt64Array(bytes.slice().buffer)].map(value =>
    value < 0n ? errnoName(-Number(value)) : Number(value),
  )
}

function file(text: string, more: Partial<OutsideFile> = {}): OutsideFile {
  const bytes = new TextEncoder().encode(text)
  return {
    size: bytes.length,
    readable: true,
    read: (offset, length) => bytes.subarray(offset, offset + length),
    ...more,
  }
}
const fileEntry = (name: string, content = file(`${name}\n`)): OutsideEntry => ({
  kind: 'file',
  name,
  mode: 0o644,
  file: content,
})
const folderEntry = (name: string, ...entries: OutsideEntry[]): OutsideEntry => ({
  kind: 'folder',
  name,
  mode: 0o755,
  folder: { list: () => entries },
})
const linkEntry = (name: string, target: string): OutsideEntry => ({
  kind: 'link',
  name,
  mode: 0o777,
  target,
  leaves: false,
})

const etc = folderEntry('etc', fileEntry('hosts'), folderEntry('empty'))
const [read, write, create, exclusive, truncate] = [0, 2, 0o100, 0o200, 0o1000]

describe('a tree from outside', () => {
  it('answers EROFS to whatever would change it, in the order of Linux', () => {
    const cases: [CallLine, number | string][] = [
      [[2, '/etc/hosts', read], 3],
      [[2, '/etc/hosts', read | create], 4],
      [[2, '/etc/hosts', write], 'EROFS'],
      [[2, '/etc/hosts', read | truncate], 'EROFS'],
      [[2, '/etc', write], 'EISDIR'],
      [[2, '/etc/new', write | create, 0o600], 'EROFS'],
      [[2, '/etc/hosts', write | create | exclusive, 0o600], 'EEXIST'],
      [[2, '/etc/new', write], 'ENOENT'],
      [[83, '/etc/made', 0o755], 'EROFS'],
      [[83, '/etc/empty', 0o755], 'EEXIST'],
      [[84, '/etc/empty'], 'EROFS'],
      [[87, '/etc/hosts'], 'EROFS'],
      [[87, '/etc/nothing'], 'EROFS'],
      [[82, '/etc/hosts', '/etc/other'], 'EROFS'],
      [[82, '/etc/hosts', '/tmp/hosts'], 'EXDEV'],
      [[86, '/etc/hosts', '/etc/other'], 'EROFS'],
      [[86, '/etc/hosts', '/tmp/hosts'], 'EXDEV'],
      [[88, 'anywhere', '/etc/link'], 'EROFS'],
      [[88, 'anywhere', '/link'], 'EROFS'],
      [[90, '/etc/hosts', 0o600], 'EROFS'],
      [[91, 3, 0o600], 'EROFS'],
      [[77, 3, 0], 'EINVAL'],
      [[76, '/etc/hosts', 0], 'EROFS'],
      [[132, '/etc/hosts', 0], 'EROFS'],
      [[21, '/etc/hosts', 2], 'EROFS'],
      [[21, '/etc/hosts', 4], 0],
    ]
    expect(
      results(
        [etc],
        cases.map(([call]) => call),
      ),
    ).to.deep.equal(cases.map(([, result]) => result))
  })

  it('has folders for temporary files, with what is there outside as a copy', () => {
    const tree = [etc, folderEntry('tmp', fileEntry('given'), folderEntry('sub'))]
    const cases: [CallLine, number | string][] = [
      [[2, '/tmp/new', write | create, 0o600], 3],
      [[2, '/tmp/given', write], 4],
      [[1, 4, '/etc', 4], 4],
      [[2, '/tmp/sub/new', write | create, 0o600], 5],
      [[2, '/var/tmp/new', write | create, 0o600], 6],
      [[2, '/dev/shm/new', write | create, 0o600], 7],
      [[82, '/tmp/new', '/var/tmp/moved'], 0],
      [[2, '/var/new', write | create, 0o600], 'EROFS'],
      [[2, '/dev/null', write], 8],
    ]
    expect(
      results(
        tree,
        cases.map(([call]) => call),
      ),
    ).to.deep.equal(cases.map(([, result]) => result))
  })

  it('follows a link to a folder of temporary files, and leaves one that leads nowhere', () => {
    const tree = [
      linkEntry('tmp', 'scratch/here'),
      folderEntry('scratch', folderEntry('here')),
      folderEntry('var', linkEntry('tmp', '/nowhere')),
    ]
    expect(
      results(tree, [
        [2, '/scratch/here/new', write | create, 0o600],
        [2, '/tmp/new', write],
        [2, '/scratch/new', write | create, 0o600],
        [2, '/var/tmp/new', write | create, 0o600],
      ]),
    ).to.deep.equal([3, 4, 'EROFS', 'ENOENT'])
  })

  it('ends circles of links', () => {
    const tree = [
      linkEntry('a', 'b'),
      linkEntry('b', '/a'),
      linkEntry('self', 'self'),
      linkEntry('p', '/proc/self'),
    ]
    expect(
      results(tree, [
        [2, '/a', read],
        [2, '/self/x', read],
        [2, '/p/maps', read],
      ]),
    ).to.deep.equal(['ELOOP', 'ELOOP', 3])
  })

  it('refuses what may not be read outside, and reads no more than it must of the rest', () => {
    const reads: [number, number][] = []
    const huge = file('', {
      size: 2 ** 40,
      read(offset, length) {
        reads.push([offset, length])
        return new Uint8Array(length).fill(7)
      },
    })
    const secret = file('secret', { readable: false })
    const shrunk = file('abc', { size: 10 })
    expect(
      results(
        [
          folderEntry('tmp', fileEntry('huge', huge)),
          fileEntry('huge', huge),
          fileEntry('secret', secret),
          fileEntry('shrunk', shrunk),
        ],
        [
          [2, '/secret', read],
          [21, '/secret', 4],
          [59, '/secret', 0, 0],
          [2, '/huge', read],
          [8, 3, 2 ** 39, 0],
          [0, 3, 'some room', 4],
          [59, '/huge', 0, 0],
          [2, '/tmp/huge', write],
          [2, '/shrunk', read],
          [0, 4, 'some more room', 14],
        ],
      ),
    ).to.deep.equal(['EACCES', 'EACCES', 'EACCES', 3, 2 ** 39, 4, 'EACCES', 'EROFS', 4, 10])
    expect(reads).to.deep.equal([[2 ** 39, 4]])
  })

  it('has descriptors under /dev, whose outputs are those of the run', () => {
    const cases: [CallLine, number | string][] = [
      [[2, '/dev/stdout', 1], 3],
      [[1, 3, 'word', 4], 4],
      [[2, '/dev/fd/3', 1], 4],
      [[1, 4, 'word', 4], 4],
      [[2, '/dev/stdin', 0], 5],
      [[0, 5, 'some room', 4], 0],
      [[2, '/dev/fd/9', 0], 'ENOENT'],
      [[2, '/dev/stderr', 1], 6],
    ]
    expect(
      results(
        [etc],
        cases.map(([call]) => call),
        output => expect(output).to.equal('wordword'),
      ),
    ).to.deep.equal(cases.map(([, result]) => result))
  })

  it('takes names with any signs', () => {
    const name = 'a\nb "c" \t#:'
    expect(results([fileEntry(name)], [[2, `/${name}`, read]])).to.deep.equal([3])
  })
})
