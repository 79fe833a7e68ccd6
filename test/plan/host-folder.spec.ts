// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { OutsideEntry, OutsideFile } from '../../src/kernel/fs/outside-tree.ts'
import { hostFolder } from '../../src/plan/host-folder.ts'

describe('a folder of the host', () => {
  let root: string

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'trapline-root-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const names = (entries: readonly OutsideEntry[]): string[] => entries.map(({ name }) => name)
  const fileOf = (name: string): OutsideFile => {
    const entry = hostFolder(root)
      .list()
      .find(candidate => candidate.name === name)
    if (entry?.kind !== 'file') throw new Error(`${name} is no file`)
    return entry.file
  }

  it('has files, folders and links in order, with any names', () => {
    mkdirSync(join(root, 'sub'))
    writeFileSync(join(root, 'line\nbreak'), 'a')
    writeFileSync(join(root, '\u00fc \u202e"#'), 'b')
    symlinkSync('sub', join(root, 'link'))
    const entries = hostFolder(root).list()
    expect(names(entries)).to.deep.equal(['line\nbreak', 'link', 'sub', '\u00fc \u202e"#'])
    expect(entries.map(({ kind }) => kind)).to.deep.equal(['file', 'link', 'folder', 'file'])
  })

  it('has no pipe, socket or device: nobody waits for them', async function () {
    if (process.platform === 'win32') this.skip()
    execFileSync('mkfifo', [join(root, 'pipe')])
    const server = createServer()
    await new Promise<void>(done => server.listen(join(root, 'socket'), done))
    try {
      expect(names(hostFolder(root).list())).to.deep.equal([])
    } finally {
      server.close()
    }
    expect(names(hostFolder('/dev').list())).not.to.include('null')
  })

  it('tells links that climb out of it', () => {
    mkdirSync(join(root, 'sub'))
    for (const [name, target] of [
      ['climbs', '../../etc'],
      ['winds', 'x/../../../etc'],
      ['stays', '../sub/./..'],
      ['absolute', '/etc'],
      ['loop', 'loop'],
    ] as const)
      symlinkSync(target, join(root, 'sub', name))
    const [sub] = hostFolder(root).list()
    if (sub?.kind !== 'folder') throw new Error('no folder')
    const leaving = sub.folder.list().filter(entry => entry.kind === 'link' && entry.leaves)
    expect(names(leaving)).to.deep.equal(['climbs', 'winds'])
  })

  it('is empty where a kernel makes it up', function () {
    if (process.platform !== 'linux') this.skip()
    expect(hostFolder('/proc').list()).to.deep.equal([])
    expect(hostFolder('/', { below: '/sys/kernel' }).list()).to.deep.equal([])
  })

  it('reads ranges of files, however large', () => {
    const path = join(root, 'huge')
    writeFileSync(path, Buffer.alloc(3 * 2 ** 20, 'abcdefgh'))
    const small = fileOf('huge')
    expect(Buffer.from(small.read(2 ** 20 - 3, 6)).toString()).to.equal('fghabc')
    expect(small.read(3 * 2 ** 20 - 2, 10)).to.have.length(2)
    expect(small.read(4 * 2 ** 20, 10)).to.have.length(0)
    expect(
      Buffer.from(small.read(7, 2 * 2 ** 20))
        .subarray(-8)
        .toString(),
    ).to.equal('habcdefg')
    truncateSync(path, 2 ** 41)
    const huge = fileOf('huge')
    expect(huge.size).to.equal(2 ** 41)
    expect([...huge.read(2 ** 41 - 2, 9)]).to.deep.equal([0, 0])
  })

  it('stays as it was when it was read, and waits for nothing that came later', () => {
    const path = join(root, 'file')
    writeFileSync(path, 'before')
    const folder = hostFolder(root)
    const [entry] = folder.list()
    if (entry?.kind !== 'file') throw new Error('no file')
    expect(Buffer.from(entry.file.read(0, 6)).toString()).to.equal('before')
    writeFileSync(path, 'after!')
    writeFileSync(join(root, 'another'), '')
    expect(Buffer.from(entry.file.read(0, 6)).toString()).to.equal('before')
    expect(folder.list()).to.have.length(1)
    const other = fileOf('file')
    rmSync(path)
    execFileSync('mkfifo', [path])
    expect(other.read(0, 6)).to.have.length(0)
    rmSync(path)
    symlinkSync('/etc/passwd', path)
    expect(other.read(0, 6)).to.have.length(0)
  })

  it('is empty where there is none', () => {
    expect(hostFolder(join(root, 'nothing')).list()).to.deep.equal([])
  })
})
