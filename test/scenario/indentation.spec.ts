// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { loadText, pinned } from './load-text.ts'

async function mistakes(text: string): Promise<string[]> {
  const { diagnostics } = await loadText(text)
  return diagnostics.map(({ code, labels: [label] }) => `${code} ${pinned(label!.span)} — ${label!.text}`)
}

describe('indentation', () => {
  it('with a tab is the only mistake that is told', async () => {
    expect(await mistakes('title: a\nthreads:\n  main:\n\trun: add\n  x: {\n')).to.deep.equal([
      'Y004 4:1 \t — this is a tab',
    ])
    expect(await mistakes('title: a\nx: `b`\nexpect:\n\t- hit: a\n\t  args: {a: 1}\n')).to.deep.equal([
      'Y004 4:1 \t — this is a tab',
    ])
  })

  const wrong = (place: string, column: number, neighbours: number) =>
    `Y001 ${place} — this stands at column ${column}, its neighbours at column ${neighbours}`

  it('of a key too far left or right in an event names the columns, once', async () => {
    const head = 'title: a\nexpect:\n  - hit: a\n'
    expect(await mistakes(`${head}   args: { a: 1 }\n    ip: x\n`)).to.deep.equal([wrong('4:4 args', 4, 5)])
    expect(await mistakes(`${head}    ip: x\n   args: { a: 1 }\n  - hit: b\n`)).to.deep.equal([
      wrong('5:4 args', 4, 5),
    ])
    expect(await mistakes(`${head}    ip: x\n     args: { a: 1 }\n  - hit: b\n`)).to.deep.equal([
      wrong('5:6 args', 6, 5),
    ])
  })

  it('of a key in a map of maps, too', async () => {
    expect(await mistakes('threads:\n  main:\n    run: a\n   args: [1]\n')).to.deep.equal([
      wrong('4:4 args', 4, 5),
    ])
  })

  it('of a dash is compared with other dashes', async () => {
    expect(await mistakes('expect:\n  - hit: a\n    args: { a: 1 }\n - hit: b\n')).to.deep.equal([
      wrong('4:2 -', 2, 3),
    ])
  })
})
