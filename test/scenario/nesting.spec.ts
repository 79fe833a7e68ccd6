// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { renderDiagnostics } from '../../src/diagnostics/render.ts'
import { loadText, pinned } from './load-text.ts'

async function told(text: string): Promise<string[]> {
  const { diagnostics } = await loadText(text)
  return diagnostics.map(({ message, labels: [label] }) => `${pinned(label!.span)} ${message}`)
}

const words = 'this is nested too deeply (more than 100 levels)'

describe('nesting', () => {
  for (const depth of [101, 3000]) {
    it(`of ${depth} lists is refused where it becomes too deep`, async () => {
      expect(await told(`a: ${'['.repeat(depth)}1${']'.repeat(depth)}\n`)).to.deep.equal([`1:103 [ ${words}`])
    })
  }

  it('of 3000 blocks, too, and its long line is cropped', async () => {
    const text = `a: ${'{ interleave: ['.repeat(3000)}1${'] }'.repeat(3000)}\n`
    const { diagnostics } = await loadText(text)
    expect(diagnostics.map(({ message }) => message)).to.deep.equal([words])
    for (const line of renderDiagnostics(diagnostics, { color: false }).split('\n'))
      expect(line.length).to.be.at.most(140)
  })

  it('of 100 lists and maps is read', async () => {
    expect(await told(`a: ${'['.repeat(99)}1${']'.repeat(99)}\n`)).not.to.include.members([words])
    expect((await told(`a: ${'['.repeat(99)}1${']'.repeat(99)}\n`)).join()).not.to.include('deeply')
  })
})
