// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { root } from './source-files.ts'

describe('the package', () => {
  it('holds what a user needs and nothing else', () => {
    const packed = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }]
    const paths = files.map(({ path }) => path)
    expect(paths).to.include.members(['AUTHORS', 'CHANGELOG.md', 'LICENSE', 'README.md', 'bin/trapline.js'])
    expect(paths.filter(path => path.startsWith('schema/'))).to.deep.equal(['schema/scenario.schema.json'])
    expect(
      paths.filter(path => /\.d\.ts$|^dist\/engine\/corpus\/|^(src|test|scripts)\//.test(path)),
    ).to.deep.equal([])
  })
})
