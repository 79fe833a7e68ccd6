// SPDX-License-Identifier: MIT
import type { AddressSpace, Kernel, Task } from '../kernel/kernel.ts'
import { pageSize } from '../machine/machine.ts'
import { denySignal } from './hit/deny-signal.ts'
import type { HitParts } from './hit/parts.ts'
import { copyTask, releaseTask } from './hit/process-hooks.ts'
import { RateLimit } from './hit/rate-limit.ts'
import { resume } from './hit/resume.ts'
import { stateOf } from './hit/task-state.ts'
import { Warnings } from './hit/warnings.ts'
import type { KernelProfile } from './profile.ts'
import { Breakpoints } from './registry/breakpoints.ts'
import { ProbeTree } from './registry/probe-tree.ts'
import { ReferenceCounters } from './registry/reference-counters.ts'
import { Registry } from './registry/registry.ts'
import { suitableVmas } from './registry/suitable-vma.ts'
import { tellDropped, tellUncounted } from './registry/tell-lost-breakpoints.ts'
import { executes } from './strategies/execute/executes.ts'
import { handlerOrders } from './strategies/handler-order.ts'
import { handlerContexts } from './strategies/handlers/handler-contexts.ts'
import { inserts } from './strategies/insert/inserts.ts'
import { lifetimes } from './strategies/lifetime/lifetimes.ts'
import { optimisers } from './strategies/optimisers.ts'
import { ownTraps } from './strategies/own-traps.ts'
import { returnTrampolines } from './strategies/return-trampolines.ts'
import { slotOwners } from './strategies/slot-owner/slot-owners.ts'
import { traps } from './strategies/trap/traps.ts'
import { unsupportedChoices } from './unsupported-choices.ts'
import type { Uprobes, UprobesState } from './uprobes.ts'
import { forgetSlotArea, type SlotOptions, slotAreaOf } from './xol/slot-area.ts'
import { slotsInUse } from './xol/slots.ts'

/**
 * Gives a kernel user-space probes as the profile has them. Everything hangs in the kernel's hooks. The profile must be one that
 * `unsupportedChoices` has nothing to say about.
 */
export function installUprobes(kernel: Kernel, profile: KernelProfile): Uprobes {
  const [problem] = unsupportedChoices(profile)
  if (problem) throw new Error(problem)
  const trampoline = returnTrampolines[profile['return-trampoline']]
  const optimisation = optimisers[profile.optimize](kernel, profile)
  const { optimiser } = optimisation
  const counters = new ReferenceCounters(kernel)
  const tree = new ProbeTree()
  const lifetime = lifetimes[profile.lifetime]({
    kernel,
    tree,
    counters,
    breakpoints: new Breakpoints(kernel, profile, { counters, optimiser }),
    insert: inserts[profile.insert](kernel),
    suitable: suitableVmas[profile['suitable-vma']],
    fork: profile.fork,
  })
  const order = handlerOrders[profile['handler-order']]
  const registry = new Registry({ kernel, tree, counters, lifetime, order })
  const { owner } = profile.xol
  const place = profile.execute === 'rings' ? 'kernel' : owner === 'thread' ? 'file' : 'special'
  const slots: SlotOptions = { ...profile.xol, trampoline: trampoline?.code, place }
  const supply = slotOwners[owner](kernel, slots)
  const signals = profile['signals-while-stepping']
  const ownTrap = ownTraps[profile['own-trap']]
  const parts: HitParts = {
    kernel,
    registry,
    optimiser,
    execute: executes[profile.execute]({ kernel, supply, signals, ownTrap, insert: profile.insert }),
    slots,
    ownTrap,
    nestedness: new RateLimit(kernel),
    warnings: new Warnings(kernel),
  }
  traps[profile.trap](parts, handlerContexts[profile.handlers](parts))
  hook(parts, counters)
  if (signals === 'deny') {
    kernel.hooks.denySignal.push(denySignal)
    kernel.hooks.trapAddress.push(task => stateOf(task)?.active?.address)
  }
  kernel.hooks.duplicateMm.push((from, to) => optimisation.copied?.(parts, from, to))
  for (const call of [trampoline?.call, optimisation.call])
    if (call)
      kernel.hooks.systemCalls.set(call.number, { name: call.name, call: task => call.run(parts, task) })

  return {
    register: (...registration) => registry.register(...registration),
    *unregister(inode, offset, consumer) {
      yield* registry.remove(inode, offset, consumer)
      yield* registry.synchronise(consumer)
    },
    remove: (...removal) => registry.remove(...removal),
    synchronise: consumer => registry.synchronise(consumer),
    apply: (...change) => registry.apply(...change),
    inspect: () => inspect(parts),
  }
}

function hook(parts: HitParts, counters: ReferenceCounters): void {
  const { kernel, registry } = parts
  const { hooks } = kernel
  const { lifetime } = registry
  hooks.resume.push(task => resume(parts, task))
  hooks.mmap.push(function* (vma) {
    lifetime.mapped(vma)
  })
  hooks.discard.push((vma, start, end) => tellDropped(kernel, registry.tree, vma, start, end))
  hooks.munmap.push((...range) => lifetime.unmapping(...range))
  hooks.leave.push((vma, start, end, why) => {
    if (why === 'unmap') tellUncounted(kernel, registry.tree, vma, start, end)
    lifetime.leaving(vma, start, end, why)
  })
  hooks.duplicateMm.push((from, to) => lifetime.copied(from, to))
  hooks.fork.push((parent, child, how) => copyTask(parts, parent, child, how))
  hooks.releaseTask.push((task, why) => releaseTask(parts, task, why))
  hooks.releaseMm.push(mm => {
    counters.forget(entry => entry.mm === mm)
    lifetime.released(mm)
    forgetSlotArea(kernel, mm)
  })
}

function inspect({ registry, slots, optimiser }: HitParts): UprobesState {
  return {
    slotsInUse: (mm: AddressSpace) => {
      const area = slotAreaOf(mm)
      return area ? slotsInUse(area, slots.trampoline !== undefined) : 0
    },
    slotArea: (mm: AddressSpace) => {
      const area = slotAreaOf(mm)
      return area && { start: area.start, end: area.start + pageSize }
    },
    returnDepth: (task: Task) => stateOf(task)?.returns.length ?? 0,
    returnStacks: (task: Task) => stateOf(task)?.returns.map(({ stack }) => stack) ?? [],
    activeSlot: (task: Task) => stateOf(task)?.active?.slot?.number,
    probes: () =>
      registry.tree.all.map(({ inode, offset, consumers }) => ({
        inode,
        offset: BigInt(offset),
        names: [...consumers].sort((a, b) => a.id - b.id).map(({ consumer }) => consumer.probe),
      })),
    listening: (mm: AddressSpace, address: number) => {
      const uprobe = registry.lifetime.probeAt(mm, address)
      const listeners = uprobe ? registry.lifetime.listeners(uprobe, mm, address) : []
      return listeners.map(({ consumer }) => consumer.probe)
    },
    leftovers: () => optimiser.leftovers(),
  }
}
