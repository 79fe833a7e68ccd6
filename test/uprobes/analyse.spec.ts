// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { type Analysis, type AnalysisOptions, analyse } from '../../src/uprobes/user-bkpt/analyse.ts'
import verdicts from './data/opcode-verdicts.json' with { type: 'json' }
import { code, isVector } from './is-vector.ts'

const options: AnalysisOptions = {
  mode: 64,
  address: 0x401000n,
  emulated: 'branches-and-push',
  nops: 'by-opcode',
  optimize: 'nop5',
  refusal: 524,
  isVector,
}
const errnoOf = (bytes: Uint8Array, mode: 64 | 32 = 64): number => {
  const analysis = analyse(bytes, { ...options, mode })
  return typeof analysis === 'number' ? -analysis : 0
}
const accepted = (text: string, more: Partial<AnalysisOptions> = {}): Analysis => {
  const analysis = analyse(code(text), { ...options, ...more })
  if (typeof analysis === 'number') throw new Error(`${text}: refused with ${analysis}`)
  return analysis
}

/** How an encoding is executed, in one word. */
function wayOf(text: string, mode: 64 | 32 = 64): string {
  const { action } = accepted(text, { mode })
  if (action.kind === 'push') return `push ${action.register}`
  if (action.kind === 'branch') return `${action.condition} ${action.offset}`
  const { ip, call, trapFlag } = action.fixUps
  const marks = [ip && 'ip', call && 'call', trapFlag && 'tf', action.scratch !== undefined && 'scratch']
  return [action.kind, ...marks.filter(Boolean)].join(' ')
}

describe('the judgement of an instruction', () => {
  const recorded: Record<'64' | '32', Record<string, string[]>> = verdicts
  for (const mode of [64, 32] as const)
    it(`agrees with a kernel on all 512 opcodes of ${mode}-bit code`, () => {
      const verdicts = new Map<string, number>()
      for (const [errno, opcodes] of Object.entries(recorded[mode]))
        for (const opcode of opcodes) verdicts.set(opcode, Number(errno))
      for (let value = 0; value < 256; value++)
        for (const prefix of ['', '0f ']) {
          const opcode = prefix + value.toString(16).padStart(2, '0')
          expect(errnoOf(code(opcode), mode), opcode).to.equal(verdicts.get(opcode) ?? 0)
        }
    })

  // Spec 02 §3.4: bytes, errno in 64-bit code, errno in 32-bit code.
  const encodings: [string, number, number?][] = [
    ['cc', 524, 524],
    ['f3 cc', 524, 524],
    ['66 cc', 524, 524],
    ['cd 80', 524, 524],
    ['cd 03', 524, 524],
    ['48 cf', 524],
    ['8e d0', 524, 524],
    ['8e d8', 0, 0],
    ['0f a1', 0, 0],
    ['0f a9', 0, 0],
    ['f0 0f b1 08', 524, 524],
    ['3e ff e0', 524, 524],
    ['3e 74 00', 524, 524],
    ['66 2e 0f 1f 84 00 00 00 00 00', 524, 524],
    ['64 90', 0, 0],
    ['65 90', 0, 0],
    ['67 90', 0, 0],
    ['f2 90', 0, 0],
    ['66 e8 00 00', 524, 524],
    ['66 e9 00 00', 524, 524],
    ['66 eb 00', 524, 524],
    ['66 74 00', 524, 524],
    ['66 0f 84 00 00', 524, 524],
    ['f2 e8 00 00 00 00', 0, 0],
    ['48 e8 00 00 00 00', 0],
    ['e3 00', 0, 0],
    ['c3', 0, 0],
    ['c2 08 00', 0, 0],
    ['cb', 0, 0],
    ['66 c3', 0, 0],
    ['9a 00 00 00 00 00 00', 524, 0],
    ['ea 00 00 00 00 00 00', 524, 0],
    ['ff f8', 0, 0],
    ['fe d0', 0, 0],
    ['9c', 0, 0],
    ['9d', 0, 0],
    ['f3 0f 1e fa', 0, 0],
    ['0f 05', 0, 0],
    ['0f 0b', 0, 0],
    ['0f ff', 0, 0],
    ['0f 01 f9', 0, 0],
    ['66 66 66 66 66 66 66 66 66 66 66 66 66 66 90', 0, 0],
    ['66 66 66 66 66 66 66 66 66 66 66 66 66 66 66 90', 8, 8],
    ['62 00 00 00', 8, 0],
    ['c5 f9 6f 08', 524],
    ['c5 f1 ef c1', 524],
    ['c5 f1 d4 c1', 524],
    ['c5 fc 28 08', 0],
    ['c4 e2 fb f6 c1', 0],
    ['c5 f4 58 c1', 0],
    // Instructions of AMD alone: XOP is in the kernel's maps, FMA4 is not.
    ['8f e8 78 c0 c1 01', 0],
    ['8f e8 78 c2 ec 0e', 0],
    ['8f e8 78 cc c1 01', 524],
    ['8f e8 78 c4 c1 01', 8],
    ['8f e9 78 82 c1', 524],
    ['8f e9 78 98 c1', 0],
    ['8f ea 78 10 c1 01 02 03 04', 0],
    ['8f eb 78 c2 c1 01', 8],
    ['8f d0', 8],
    ['c4 e3 f9 6a c2 10', 8],
    ['c4 e3 79 7b 1d 1d 94 01 00 30', 8],
    ['c4 e3 79 48 c1 00', 8],
    ['c4 e3 79 4a c1 00', 0],
    // Numbers that are prefixes when they stand first.
    ['c4 41 39 62 f1', 524],
    ['c5 31 d5 50 da', 524],
    ['62 f1 7d 48 62 c1', 524],
    ['d5 00 62 c1', 524],
    ['d5 00 d5 c1', 524],
    ['d5 80 62 c1', 524],
    ['d5 00 8f c1', 0],
    ['c5 f9 c4 c1 01', 0],
    ['c5 f9 c5 c1 01', 0],
  ]
  for (const [bytes, errno64, errno32] of encodings)
    it(`${bytes}: ${errno64}${errno32 === undefined ? '' : `, in 32-bit code ${errno32}`}`, () => {
      expect(errnoOf(code(bytes))).to.equal(errno64)
      if (errno32 !== undefined) expect(errnoOf(code(bytes), 32)).to.equal(errno32)
    })

  it('refuses with EPERM where the profile says so, but reports unreadable code as such', () => {
    expect(analyse(code('f4'), { ...options, refusal: 1 })).to.equal(-1)
    expect(analyse(code('cc'), { ...options, refusal: 1 })).to.equal(-1)
    expect(analyse(code('62'), { ...options, refusal: 1 })).to.equal(-8)
  })

  it('of 2010 has one errno for both, another for a breakpoint, and a second table behind 0f', () => {
    const errno = (bytes: string): number => {
      const analysis = analyse(code(bytes), { ...options, refusal: 1, instructions: '2010' })
      return typeof analysis === 'number' ? -analysis : 0
    }
    expect(errno('cc')).to.equal(17)
    for (const bytes of ['62', 'f4', '0f 05', '0f 30', '0f 38 00 c0', 'c5 fc 28 08'])
      expect(errno(bytes), bytes).to.equal(1)
    for (const bytes of ['90', '0f a2', '0f af c1', '0f 1f 00']) expect(errno(bytes), bytes).to.equal(0)
  })
})

describe('the way an instruction is executed', () => {
  const ways: [string, string][] = [
    ['90', 'always 0'],
    ['66 90', 'always 0'],
    ['0f 1f 44 00 00', 'always 0'],
    ['0f 1f 84 00 00 00 00 00', 'always 0'],
    ['66 0f 1f 84 00 00 00 00 00', 'step ip'],
    ['0f 1f c0', 'step ip'],
    ['0f 1f 44 08 7f', 'step ip'],
    ['f3 0f 1e fa', 'step ip'],
    ['f3 90', 'always 0'],
    ['66 66 66 66 90', 'always 0'],
    ['41 90', 'always 0'],
    ['eb fe', 'always -2'],
    ['e9 00 00 00 80', 'always -2147483648'],
    ['e8 10 00 00 00', 'call 16'],
    ['f2 e8 10 00 00 00', 'call 16'],
    ['74 80', '4 -128'],
    ['0f 8f 04 03 02 01', '15 16909060'],
    ['0f 7f 00', 'step ip'],
    ['e2 fe', 'step ip'],
    ['50', 'push 0'],
    ['54', 'push 4'],
    ['41 57', 'push 15'],
    ['66 50', 'step ip'],
    ['66 41 50', 'step ip'],
    ['48 50', 'step ip'],
    ['40 50', 'step ip'],
    ['9d', 'step ip tf'],
    ['c3', 'step'],
    ['f3 c3', 'step'],
    ['c2 08 00', 'step'],
    ['cb', 'step'],
    ['ff d0', 'step call'],
    ['ff 15 04 00 00 00', 'step call scratch'],
    ['ff 18', 'step call'],
    ['ff e0', 'step'],
    ['ff 28', 'step'],
    ['ff 30', 'step ip'],
    ['ff 25 04 00 00 00', 'step scratch'],
    ['ff 35 04 00 00 00', 'step ip scratch'],
    ['48 8b 05 04 00 00 00', 'step ip scratch'],
    ['48 8b 04 25 04 00 00 00', 'step ip'],
    // VEX opcodes taken for others (bug B1): vpshufd, vpcmpeqb, vpsubsb, vpor, kmovw, vcmpps, vfnmadd132ss.
    ['c5 f9 70 c1 1b', '0 27'],
    ['c5 f1 74 c1', '4 0'],
    ['c5 f1 e8 c1', 'call 0'],
    ['c5 f1 eb c1', 'always 0'],
    ['c5 f8 90 c8', 'always 0'],
    ['c5 f0 c2 c1 00', 'step'],
    ['c4 e2 71 9d c1', 'step ip tf'],
  ]
  for (const [bytes, way] of ways) it(`${bytes}: ${way}`, () => expect(wayOf(bytes)).to.equal(way))

  it('in 32-bit code: far calls push a return address, and 40 is no push', () => {
    expect(wayOf('9a 00 00 00 00 00 00', 32)).to.equal('step call')
    expect(wayOf('ea 00 00 00 00 00 00', 32)).to.equal('step')
    expect(wayOf('40', 32)).to.equal('step ip')
    expect(wayOf('57', 32)).to.equal('push 7')
  })

  it('names the bugs that this way shows', () => {
    const bugs: Record<string, string[]> = {
      '41 90': ['B18'],
      'f3 41 90': [],
      '48 90': [],
      '90': [],
      '41 eb 00': [],
      '41 50': [],
      '9c': ['B11'],
      '0f 05': ['B11', 'B13'],
      '0f a2': [],
      '05 00 00 00 00': [],
      'c5 fc 28 08': [],
      'c5 f0 c2 c1 00': ['B1'],
      'c4 e2 71 9d c1': ['B1'],
    }
    for (const [bytes, names] of Object.entries(bugs))
      expect(accepted(bytes).bugs, bytes).to.deep.equal(names)
  })

  it('runs the copy of a call without its distance', () => {
    const { copy, original } = accepted('e8 11 22 33 44 c3')
    expect([...copy.subarray(0, 6)]).to.deep.equal([0xe8, 0, 0, 0, 0, 0xc3])
    expect(original[1]).to.equal(0x11)
    expect(accepted('eb fe').copy[1]).to.equal(0xfe)
  })

  it('knows a nop by what it does where the profile says so, and no other instruction by the number of its opcode (bugs B1, B18)', () => {
    const kinds = (bytes: string): string[] =>
      (['by-opcode', 'by-meaning'] as const).map(nops => accepted(bytes, { nops }).action.kind)
    expect(kinds('90')).to.deep.equal(['branch', 'branch'])
    expect(kinds('0f 1f 44 08 7f')).to.deep.equal(['step', 'branch'])
    for (const bytes of ['0f 1f c8', '0f 18 00', 'f3 0f 1e fa', '8d 04 37'])
      expect(kinds(bytes), bytes).to.deep.equal(['step', 'step'])
    expect(kinds('41 90')).to.deep.equal(['branch', 'step'])
    expect(kinds('c5 f8 90 c8')).to.deep.equal(['branch', 'step'])
    expect(accepted('41 90').bugs).to.deep.equal(['B18'])
    expect(accepted('41 90', { nops: 'by-meaning' }).bugs).to.deep.equal([])
    expect(accepted('c5 f1 74 c1').bugs).to.deep.equal(['B1'])
    expect(accepted('c5 fc 28 08').bugs).to.deep.equal([])
  })

  it('steps everything, or all but nops, where the profile says so', () => {
    const step = { ip: true, call: false, trapFlag: false }
    expect(accepted('90', { emulated: 'none' }).action).to.deep.include({ kind: 'step', fixUps: step })
    expect(accepted('50', { emulated: 'nops' }).action.kind).to.equal('step')
    expect(accepted('90', { emulated: 'nops' }).action.kind).to.equal('branch')
    expect(accepted('e8 00 00 00 00', { emulated: 'none' }).action).to.deep.include({
      kind: 'step',
      fixUps: { ip: true, call: true, trapFlag: false },
    })
  })

  it('does what the table refuses in its place, and in software only what somebody knows', () => {
    const errno = (bytes: string, more: Partial<AnalysisOptions>) =>
      analyse(code(bytes), { ...options, ...more })
    expect(accepted('f4', { execute: 'inline' }).length).to.equal(1)
    for (const isKnown of [true, false]) {
      const emulate = { execute: 'emulate', isBase: () => isKnown } as const
      expect(errno('f4', emulate) === -524).to.equal(!isKnown)
    }
    expect(errno('90', { execute: 'emulate' })).to.equal(-524)
  })

  it('optimises nothing that is executed in its place, but what the kernel does itself', () => {
    const nop = '0f 1f 44 00 00'
    expect(accepted(nop, { execute: 'inline' }).optimisable).to.equal(true)
    expect(accepted(nop, { execute: 'inline', emulated: 'none' }).optimisable).to.equal(false)
    expect(accepted(nop, { execute: 'xol', emulated: 'none' }).optimisable).to.equal(true)
  })

  it('optimises nops of five bytes that lie in one page', () => {
    for (const bytes of ['0f 1f 44 00 00', '66 0f 1f 40 00', '0f 1f 44 08 7f', '66 66 66 66 90'])
      expect(accepted(bytes).optimisable, bytes).to.equal(true)
    for (const bytes of ['90', '66 0f 1f 44 00 00', 'e8 00 00 00 00', '0f 1f 4c 00 00'])
      expect(accepted(bytes).optimisable, bytes).to.equal(false)
    expect(accepted('0f 1f 44 00 00', { address: 0x401ffbn }).optimisable).to.equal(true)
    expect(accepted('0f 1f 44 00 00', { address: 0x401ffcn }).optimisable).to.equal(false)
    expect(accepted('0f 1f 44 00 00', { mode: 32 }).optimisable).to.equal(false)
    expect(accepted('0f 1f 44 00 00', { optimize: 'none' }).optimisable).to.equal(false)
    expect(accepted('0f 1f 44 00 00', { optimize: 'nop10' }).optimisable).to.equal(false)
    for (const bytes of ['0f 18 44 08 7f', '66 0f 38 1e c1']) // a prefetch, pabsd
      expect(accepted(bytes).optimisable, bytes).to.equal(false)
  })

  it('or of ten bytes, in spite of their prefix, and nothing else for it', () => {
    const errno = (bytes: string, optimize: 'nop5' | 'nop10') =>
      analyse(code(bytes), { ...options, optimize })
    const nop10 = '66 2e 0f 1f 84 00 01 02 03 04'
    expect(accepted(nop10, { optimize: 'nop10' }).optimisable).to.equal(true)
    expect(errno(nop10, 'nop5')).to.equal(-524)
    for (const bytes of ['48 b8 01 02 03 04 05 06 07 08', '66 0f 1f 84 00 01 02 03 04'])
      expect(accepted(bytes, { optimize: 'nop10' }).optimisable, bytes).to.equal(false)
    for (const bytes of ['2e 0f 1f 40 00', 'f4', '67 2e 0f 1f 84 00 00 00 00 00'])
      for (const optimize of ['nop5', 'nop10'] as const) expect(errno(bytes, optimize), bytes).to.equal(-524)
  })
})
