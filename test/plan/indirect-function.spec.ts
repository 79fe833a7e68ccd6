// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { indirectFunctionWarning } from '../../src/plan/indirect-function.ts'
import { kernelLine } from '../../src/plan/kernel-line.ts'
import { isDiagnostic, Places } from '../../src/plan/places.ts'
import type { Image, ImageSymbol } from '../../src/program/image.ts'

const symbol = (name: string, address: bigint, more: Partial<ImageSymbol> = {}): ImageSymbol => ({
  name,
  address,
  size: 4,
  fileOffset: Number(address),
  type: 'function',
  ...more,
})

function warningFor(
  symbols: readonly ImageSymbol[],
  define: string,
): ReturnType<typeof indirectFunctionWarning> {
  const segment = {
    address: 0n,
    memorySize: 4096,
    fileOffset: 0,
    fileSize: 4096,
    read: true,
    write: false,
    execute: true,
  }
  const image: Image = {
    name: 'libc',
    bytes: new Uint8Array(4096),
    positionIndependent: true,
    entry: 0n,
    segments: [segment],
    symbols,
  }
  const file = { path: 'a.yaml', text: define }
  const places = new Places({ file, binaries: new Map() }, new Map([['libc', image]]))
  const located = { value: define, span: { file, start: 0, end: define.length } }
  const line = kernelLine(located, undefined, places)
  if (isDiagnostic(line)) throw new Error(line.message)
  return indirectFunctionWarning(line, located)
}

describe('a probe at an indirect function', () => {
  const indirect = symbol('strlen', 0x10n, { indirect: true })

  it('is told, with the implementations that have names', () => {
    const symbols = [
      indirect,
      symbol('__strlen_avx2', 0x20n),
      symbol('strlen_sse2', 0x30n),
      symbol('strlenx', 0x40n),
    ]
    const warning = warningFor(symbols, 'p libc:strlen a=%di')
    expect(warning).to.deep.include({
      code: 'L011',
      help: ['probe an implementation: __strlen_avx2, strlen_sse2'],
    })
    const { span } = warning!.labels[0]!
    expect(span.file.text.slice(span.start, span.end)).to.equal('strlen')
  })

  it('is told where nothing else has a name', () => {
    expect(warningFor([indirect], 'r libc:strlen')?.help?.[0]).to.include('by its offset')
  })

  it('is not suspected of others', () => {
    expect(warningFor([indirect, symbol('malloc', 0x50n)], 'p libc:malloc')).to.equal(undefined)
    expect(warningFor([indirect], 'p libc:0x10')).to.equal(undefined)
  })
})
