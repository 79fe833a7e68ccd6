// SPDX-License-Identifier: MIT
import { hostname } from 'node:os'
import { expect } from 'chai'
import { root, type WrittenFile, writtenFiles } from './source-files.ts'

const sources = writtenFiles(/\.[jt]s$/, ['bin', 'scripts', 'src', 'test'])
const product = sources.filter(({ path }) => path.startsWith('src/'))
const texts = writtenFiles(/\.(ts|js|json|md|ya?ml|c|s|sh|trace|txt)$|^(AUTHORS|LICENSE|\.ci\/run)$/)

/** The length that a file needs a reason to pass; the reasons. */
const longest = 300
const longer: Readonly<Record<string, string>> = {
  'src/machine/cpu/instructions/arithmetic-kernels.ts': 'a table: one closure an operation',
  'src/kernel/kernel.ts': 'the one place where plug-ins and engine read what the kernel offers; types only',
}

describe('the house rules', () => {
  it('every source file says its licence in its first line', () => {
    const bare = sources.filter(({ lines }) => {
      const first = lines[0]!.startsWith('#!') ? lines[1] : lines[0]
      return first !== '// SPDX-License-Identifier: MIT'
    })
    expect(paths(bare)).to.deep.equal([])
  })

  it('the licence and the authors stand in the root', () => {
    const read = (path: string): string => texts.find(file => file.path === path)?.text ?? ''
    expect(read('LICENSE'))
      .to.match(/^MIT License/)
      .and.include('The trapline authors')
    expect(read('AUTHORS')).to.include('the trapline authors')
  })

  it(`no source file is longer than ${longest} lines without a reason`, () => {
    const long = product.filter(({ path, lines }) => lines.length > longest && !(path in longer))
    expect(long.map(({ path, lines }) => `${path}: ${lines.length} lines`)).to.deep.equal([])
  })

  it('most source files are short', () => {
    const short = product.filter(({ lines }) => lines.length <= 150)
    expect(short.length / product.length).to.be.greaterThan(0.8)
  })

  it('the reasons are for files that are there and long', () => {
    const stale = Object.keys(longer).filter(
      path => !product.some(file => file.path === path && file.lines.length > longest),
    )
    expect(stale).to.deep.equal([])
  })

  it('nothing below the command line reads a clock of the host or rolls dice', () => {
    const below = product.filter(({ path }) => !path.startsWith('src/cli/'))
    expect(
      places(below, /\bDate\b|\bMath\.random\b|\bperformance\.now\b|\bhrtime\b|\brandomInt\b/),
    ).to.deep.equal([])
  })

  it('process.exit is never called: it cuts off what a pipe has not read', () => {
    expect(places(product, /process\.exit\(/)).to.deep.equal([])
  })

  it('nothing is left for later in a comment', () => {
    expect(
      places(sources, new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`)),
    ).to.deep.equal([])
  })

  it('no path or name of a computer that somebody worked at', () => {
    const folders = ['home', 'root', 'Users', 'work'].map(name => `(?<![\\w.)])/${name}/\\w`)
    // A short host name may be an ordinary word.
    const names = hostname().length >= 8 ? [root, hostname()] : [root]
    expect(places(texts, new RegExp(folders.join('|')))).to.deep.equal([])
    expect(paths(texts.filter(({ text }) => names.some(name => text.includes(name))))).to.deep.equal([])
  })
})

function paths(files: readonly WrittenFile[]): string[] {
  return files.map(({ path }) => path)
}

/** Every line that matches, as `path:line: text`. */
function places(files: readonly WrittenFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  )
}
