// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { crashingBugs, knownBugs, recordBug } from '../../src/uprobes/known-bugs.ts'
import { type KernelProfile, type ProfileName, profiles } from '../../src/uprobes/profile.ts'
import { unsupportedChoices } from '../../src/uprobes/unsupported-choices.ts'

const latest: KernelProfile = profiles['linux-6.18']

/** What another profile chooses otherwise, as one line of `choice: value`. */
function differences(name: ProfileName): string {
  const profile: KernelProfile = profiles[name]
  const text = (value: unknown): string =>
    typeof value === 'object' ? Object.values(value as object).join(' ') : String(value)
  return Object.keys(latest)
    .filter(choice => choice !== 'name')
    .map(choice => choice as keyof KernelProfile)
    .filter(choice => text(profile[choice]) !== text(latest[choice]))
    .map(choice => `${choice}: ${text(profile[choice])}`)
    .join(', ')
}

describe('the profiles', () => {
  it('have their own names', () => {
    expect(Object.entries(profiles).map(([key, { name }]) => key === name)).to.deep.equal([
      true,
      true,
      true,
      true,
    ])
  })

  it('differ from 6.18 in what was published later', () => {
    expect(differences('linux-7.2')).to.equal(
      'nops: by-meaning, optimize: nop10, call-trampolines: mapped, uprobe-call-errno: EPROTO',
    )
  })

  it('differ from 6.18 in what there was in 2010', () => {
    const both =
      'suitable-vma: read-exec, definitions: vaddr-pid, refusal-errno: EPERM, X, return-trampoline: none, xol: 32 128 thread, signals-while-stepping: deliver, own-trap: swallowed'
    expect(differences('v2-2010')).to.equal(
      'handlers: notifier, handler-order: oldest-first, emulated: nops, lifetime: vma, fork: restores, instructions: 2010, ' +
        both.replace('X', 'optimize: none'),
    )
    expect(differences('v1-2010')).to.equal(
      'trap: signal, handler-order: oldest-first, emulated: none, insert: quiesce, lifetime: process, fork: restores, instructions: 2010, ' +
        both.replace('X', 'output: ftrace-plugin, optimize: none'),
    )
  })
})

describe('choices that cannot be together', () => {
  const table: [string, Partial<KernelProfile>, RegExp[]][] = [
    ['those of 6.18 can', {}, []],
    ['few slots and a trampoline', { xol: { ...latest.xol, slots: 1 } }, [/fewer than 2 slots none is left/]],
    ['two slots can', { xol: { ...latest.xol, slots: 2 } }, []],
    [
      'one slot can, without a trampoline',
      { xol: { ...latest.xol, slots: 1 }, 'return-trampoline': 'none' },
      [],
    ],
    [
      'short slots',
      { xol: { ...latest.xol, 'slot-size': 15 } },
      [/^a slot of 15 bytes does not hold the 16/],
    ],
    ['slots of 16 bytes can', { xol: { ...latest.xol, 'slot-size': 16 } }, []],
    [
      'short slots, to boost',
      { execute: 'boost', xol: { ...latest.xol, 'slot-size': 28 } },
      [/^a slot of 28 bytes does not hold a copy and the jump that `execute: boost` puts behind it$/],
    ],
    ['slots of 29 bytes can be boosted', { execute: 'boost', xol: { ...latest.xol, 'slot-size': 29 } }, []],
    ['a page full of slots can', { xol: { ...latest.xol, 'slot-size': 64, slots: 64 } }, []],
    ['a slot too many', { xol: { ...latest.xol, slots: 33 } }, [/^33 slots of 128 bytes do not fit/]],
    ['a signal and a notifier', { trap: 'signal', handlers: 'notifier' }, [/`trap: signal` leaves nothing/]],
    [
      'emulation in a notifier',
      { execute: 'emulate', handlers: 'notifier' },
      [/^`execute: emulate` brings operands in/],
    ],
    [
      'stopping threads in a notifier',
      { execute: 'inline', insert: 'quiesce', handlers: 'notifier' },
      [/^`execute: inline` with `insert: quiesce` stops all others/],
    ],
    ['an inline step in a notifier can', { execute: 'inline', handlers: 'notifier' }, []],
    ['stopping threads to insert, in a notifier, can', { insert: 'quiesce', handlers: 'notifier' }, []],
    ['an address for ever', { definitions: 'vaddr-pid' }, [/names no file, so `lifetime: file`/]],
    ['an address for the time of a process can', { definitions: 'vaddr-pid', lifetime: 'process' }, []],
    ['a file and a fork that inherits', { fork: 'inherits' }, [/`fork: inherits` cannot be$/]],
    ['a process and a fork that inherits can', { fork: 'inherits', lifetime: 'process' }, []],
    [
      'five bytes that a fork restores',
      { fork: 'restores', lifetime: 'vma' },
      [/^`fork: restores` puts single bytes back, and the calls of `optimize: nop5` have five$/],
    ],
    ['single bytes that it restores can', { fork: 'restores', lifetime: 'vma', optimize: 'none' }, []],
  ]
  for (const [name, choices, reasons] of table)
    it(name, () => {
      const found = unsupportedChoices({ ...latest, ...choices })
      expect(found).to.have.length(reasons.length)
      for (const [index, reason] of reasons.entries()) expect(found[index]).to.match(reason)
    })
})

describe('the known bugs', () => {
  it('are each a sentence, and one of them ends the kernel', () => {
    for (const [bug, sentence] of Object.entries(knownBugs))
      expect(sentence, bug).to.match(/^[a-z].{30,}[^.]$/)
    expect(crashingBugs).to.deep.equal(['B3'])
  })

  it('are recorded with their sentence, or a note, where somebody wants to know', () => {
    const recorded: unknown[] = []
    const kernel = {
      records: () => true,
      record: (event: unknown) => recorded.push(event),
      locate: () => 'place',
      currentName: () => 'A',
    } as unknown as Parameters<typeof recordBug>[0]
    recordBug({ ...kernel, records: () => false }, 'B3')
    const task = { name: 'B' } as NonNullable<Parameters<typeof recordBug>[2]>['task'] & object
    recordBug(kernel, 'B3')
    recordBug(kernel, 'B4', { task, probe: 'p', ip: 0n, note: 'n' })
    recordBug(kernel, 'B3', { ip: 0n })
    recordBug(kernel, 'B3', { task })
    const plain = { bug: 'B3', note: knownBugs.B3 }
    expect(recorded).to.deep.equal([
      { kind: 'bug', thread: 'A', fields: plain },
      { kind: 'bug', thread: 'B', fields: { bug: 'B4', probe: 'p', ip: 'place', note: 'n' } },
      { kind: 'bug', thread: 'A', fields: plain },
      { kind: 'bug', thread: 'B', fields: plain },
    ])
  })
})
