// SPDX-License-Identifier: MIT
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'
import { runEmulator } from '../../src/engine/run-emulator.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import type { Scenario } from '../../src/scenario/scenario.ts'
import { planOf, shippedScenarios } from './shipped.ts'

/** Programs with one thread a process that end in the same way whether they are probed or not. */
const alike = [
  'tutorial/bpftrace-spelling',
  'tutorial/filter',
  'tutorial/loop',
  'tutorial/output',
  'tutorial/return-probe',
  'tutorial/simple',
  'tutorial/stack-arguments',
  'tutorial/string-argument',
  'problems/fault-in-the-step',
  'problems/fork',
  'problems/recursion-deeper-than-64',
  'problems/refused-instruction',
  'problems/tail-call',
  'problems/two-consumers',
  'races/breakpoint-overwritten',
  'races/chain-of-tail-calls',
  'races/child-unmaps-its-text',
  'races/clone-vm-shares-text-and-slots',
  'races/dropped-by-madvise',
  'races/fault-that-is-repaired',
  'races/faults-in-the-slot[insn=ud2]',
  'races/faults-in-the-slot[insn=divide]',
  'races/emulation-that-cannot-push[insn=call]',
  'races/emulation-that-cannot-push[insn=push]',
  'races/fork-pending-then-removed',
  'races/fork-then-removed',
  'races/gone-at-the-lookup[insn=stepped]',
  'races/gone-at-the-lookup[insn=call]',
  'races/last-probe-unmapped',
  'races/longjmp-past-a-return',
  'races/longjmp-to-an-outer-frame',
  'races/made-writable-and-back',
  'races/moved-and-kept',
  'races/moved-by-mremap',
  'races/no-room-for-the-area',
  'races/own-breakpoint-beside-a-probe',
  'races/own-trap-flag',
  'races/probed-syscall',
  'races/registers-at-a-return',
  'races/return-address-out-of-reach',
  'races/room-again-after-64',
  'races/scratch-register-in-a-fault',
  'races/split-by-mprotect',
  'races/two-mappings',
  'races/vfork-shares-text-and-slots',
  'races/vfork-with-a-return-pending',
]

const memory = reserveMemory(64 * 2 ** 20)

describe('the programs of scenarios on this machine’s own kernel', function () {
  this.timeout(20_000)
  let folder: string
  let scenarios: readonly Scenario[]

  before(async function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip()
    folder = mkdtempSync(join(tmpdir(), 'trapline-native-'))
    scenarios = await shippedScenarios()
  })

  after(() => {
    if (folder) rmSync(folder, { recursive: true })
  })

  for (const id of alike) {
    it(`${id}: the same exit and output as in the emulator`, async () => {
      const plan = await planOf(scenarios.find(candidate => candidate.id === id)!)
      const run = runEmulator(plan, { memory })
      const [first] = plan.processes
      const program = join(folder, first!.binary)
      writeFileSync(program, plan.images.get(first!.binary)!.bytes)
      chmodSync(program, 0o755)
      const native = await execa(program, { reject: false, timeout: 5000, stripFinalNewline: false })
      const end = run.events.find(event => event.kind === 'exit' && event.thread === first!.name)!
      expect(native.stdout).to.equal(run.output)
      if (end.fields.signal !== undefined) expect(native.signal).to.equal(end.fields.signal)
      else expect(native.exitCode).to.equal(Number(end.fields.code))
    })
  }
})
