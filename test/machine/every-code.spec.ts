// SPDX-License-Identifier: MIT

import { expect } from 'chai'
import { Decoder } from 'iced-x86'
import { decoderOptions } from '../../src/machine/cpu/decode/decoder-options.ts'
import type { CpuModel } from '../../src/machine/cpu/state.ts'
import { createMachine } from '../../src/machine/create-machine.ts'
import { type Exit, Register, Vector } from '../../src/machine/machine.ts'
import { FlatSpace } from '../../src/machine/vectors/flat-space.ts'
import { data } from './bare-machine.ts'
import { everyCode, type Sample } from './every-code.ts'

const code = 0x100_0000
/** Bytes for each sample: zeros behind it end its block. */
const stride = 32

describe('every instruction of 64-bit mode', () => {
  const samples = everyCode().filter(isDecoded)

  it('is one of some thousand codes', () => {
    expect(new Set(samples.map(sample => sample.code)).size).to.be.at.least(4300)
  })

  for (const model of ['sse2', 'x86-64-v2'] as const)
    it(`is done, or none, or not for programs: profile ${model}`, () => {
      const outcomes = new Map(runAll(samples, model))
      const missing = [...outcomes].filter(([, outcome]) => outcome === 'missing')
      expect(missing).to.deep.equal([])
      const newer = model === 'sse2' ? 'UD' : 'done'
      expect(outcomes).to.include.all.keys(Object.keys(expected))
      for (const [name, outcome] of Object.entries(expected))
        expect(outcomes.get(name), name).to.equal(outcome === 'newer' ? newer : outcome)
    })
})

/** Some of each kind. */
const expected = {
  Paddb_mm_mmm64: 'done',
  Pshufw_mm_mmm64_imm8: 'done',
  Emms: 'done',
  Pshufb_mm_mmm64: 'newer',
  Pshufb_xmm_xmmm128: 'newer',
  Popcnt_r32_rm32: 'newer',
  Pcmpistri_xmm_xmmm128_imm8: 'newer',
  Endbr64: 'done',
  Rdsspq_r64: 'done',
  Prefetchw_m8: 'done',
  Enterw_imm16_imm8: 'done',
  Sgdt_m1664: 'done',
  Lar_r32_r32m16: 'done',
  Lss_r32_m1632: 'GP',
  Jmp_m1632: 'GP',
  Iretq: 'GP',
  Rdpmc: 'GP',
  Mov_r64_cr: 'GP',
  Monitorq: 'UD',
  Rdtscp: 'UD',
  Rdpid_r64: 'UD',
  Xgetbv: 'UD',
  Aesenc_xmm_xmmm128: 'UD',
  Sha1nexte_xmm_xmmm128: 'UD',
  Movbe_r32_m32: 'UD',
  Adox_r32_rm32: 'UD',
  Incsspq_r64: 'UD',
  VEX_Andn_r32_r32_rm32: 'UD',
  VEX_Vaddps_ymm_ymm_ymmm256: 'UD',
  EVEX_Vaddps_zmm_k1z_zmm_zmmm512b32_er: 'UD',
  XOP_Vphaddbw_xmm_xmmm128: 'UD',
  D3NOW_Pfadd_mm_mmm64: 'UD',
} as const

/** Some codes are those of other processors: their bytes mean something else here. */
function isDecoded({ code, bytes }: Sample): boolean {
  const decoder = new Decoder(64, bytes, decoderOptions)
  const instruction = decoder.decode()
  try {
    return instruction.code === code && instruction.length === bytes.length
  } finally {
    instruction.free()
    decoder.free()
  }
}

function* runAll(samples: readonly Sample[], model: CpuModel): Generator<[name: string, outcome: string]> {
  const { length } = samples
  const machine = createMachine({ memory: 0x10_0000, cpu: model })
  const space = new FlatSpace(machine)
  space.map(code, length * stride, 'rx')
  space.map(data, 4096, 'rw')
  const image = new Uint8Array(length * stride)
  for (const [n, { bytes }] of samples.entries()) image.set(bytes, n * stride)
  space.write(code, image)
  const { cpu } = machine
  for (const [n, { name }] of samples.entries()) {
    cpu.reset()
    cpu.registers.fill(BigInt(data + 0x400), 0, 16)
    cpu.registers[Register.rip] = BigInt(code + n * stride)
    yield [name, outcomeOf(cpu.run(1))]
  }
}

function outcomeOf(exit: Exit): string {
  if (exit.kind === 'limit') return 'done'
  if (exit.kind !== 'exception') return exit.kind
  return Object.entries(Vector).find(([, vector]) => vector === exit.vector)![0]
}
