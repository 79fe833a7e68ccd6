// SPDX-License-Identifier: MIT
import { readFile as readFileFromDisk } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Diagnostic, Result } from '../diagnostics/diagnostic.ts'
import type { Image } from '../program/image.ts'
import type { Scenario, ScheduleSource, Turn } from '../scenario/scenario.ts'
import type { KernelProfile } from '../uprobes/profile.ts'
import { buildImages } from './build-images.ts'
import { checkEvents } from './check-events.ts'
import { instructionWarning } from './check-instruction.ts'
import { checkSiblings } from './check-siblings.ts'
import { checkTriggers } from './check-triggers.ts'
import { type OpenFolder, openHostFolder } from './host-folder.ts'
import { Libraries, type ReadGuestFile } from './libraries.ts'
import { isDiagnostic, Places } from './places.ts'
import type { Plan, PlannedProbe } from './plan.ts'
import { planDefinition, planProbe } from './plan-probe.ts'
import { binaryOf, checkThreads, planProcesses, threadGroups } from './plan-processes.ts'
import { checkRoot, planRoot } from './plan-root.ts'
import { plannedProfile } from './planned-profile.ts'
import { PlaceResolver } from './resolve-places.ts'
import type { RootTree } from './root-tree.ts'

export type PlanOptions = {
  /** Bytes of a file by its absolute path; rejects where it cannot be read. */
  readonly readFile?: (path: string) => Promise<Uint8Array>
  /** Where compiled programs are kept; the default is `.trapline/cache` in the folder where the tool was started. */
  readonly cacheFolder?: string
  /** The folder of `root:`; that of the host unless given. */
  readonly openFolder?: OpenFolder
}

/**
 * Makes a scenario ready to run: programs built, names resolved, definitions parsed as the kernel parses them. Otherwise, every
 * mistake of the first step that found any: kernel and threads, programs, names. Warnings come with a plan.
 */
export async function makePlan(scenario: Scenario, options: PlanOptions = {}): Promise<Result<Plan>> {
  const profile = plannedProfile(scenario)
  const early = [...(profile.ok ? [] : profile.diagnostics), ...checkThreads(scenario)]
  const root = planRoot(scenario, options.openFolder ?? openHostFolder)
  if (!root.ok) early.push(...root.diagnostics)
  if (!profile.ok || !root.ok || early.length > 0) return { ok: false, diagnostics: inOrder(early) }
  const built = await buildImages(scenario, {
    readFile: options.readFile ?? (path => readFileFromDisk(path)),
    cacheFolder: options.cacheFolder ?? resolve('.trapline/cache'),
  })
  if (!built.ok) return built
  const unfit = checkRoot(scenario, root.value, built.value)
  if (unfit.length > 0) return { ok: false, diagnostics: inOrder(unfit) }

  const libraries = librariesOf(root.value, built.value)
  const places = new Places(scenario, built.value, libraries)
  const warnings = [...(built.warnings ?? [])]
  const { processes, diagnostics: wrongThreads } = planProcesses(scenario, places)
  const diagnostics: Diagnostic[] = [...wrongThreads]
  const probes = new Map<string, PlannedProbe>()
  for (const [name, source] of scenario.probes) {
    const outcome = await planProbe(source, places, profile.value)
    if (outcome.kind === 'wrong') diagnostics.push(...outcome.diagnostics)
    if (outcome.kind !== 'planned') continue
    probes.set(name, outcome.probe)
    const { probe } = outcome
    // In the middle of an instruction it says more than what the bytes there would be.
    const told = source.refused !== undefined || outcome.warnings.length > 0
    const image = places.image(probe.binary)
    const unprobable = told || !image ? undefined : await instructionWarning(probe, image, profile.value)
    warnings.push(...outcome.warnings, ...(unprobable ? [unprobable] : []))
  }
  const resolver = new PlaceResolver(places, probes)
  const expect = resolver.expectation(scenario.expect)
  const turn = (original: Turn): Turn => planTurn(resolver.turn(original), places, profile.value, diagnostics)
  const schedule = planSchedule(scenario.schedule, turn)
  const actions = scenario.actions.map(turn)
  diagnostics.push(
    ...resolver.diagnostics,
    ...checkEvents(scenario, probes),
    ...(profile.value.definitions === 'path-offset' ? checkSiblings(scenario, probes) : []),
    ...checkTriggers(scenario, probes),
  )
  if (diagnostics.length > 0) return { ok: false, diagnostics: inOrder(diagnostics) }

  const images = await startable(scenario, built.value)
  if (!images.ok) return images
  const plan: Plan = {
    scenario,
    profile: profile.value,
    images: images.value,
    libraries: libraries?.all() ?? [],
    ...(root.value && { root: root.value.folder }),
    processes,
    probes,
    schedule,
    actions,
    expect,
    address: place => places.address(place),
    file(binary) {
      const own = images.value.get(binary)
      if (own) return { image: own, path: `/${binary}` }
      const library = libraries?.find(binary) ?? libraries?.all().find(({ name }) => name === binary)
      return library && { image: library.image, path: library.realPath }
    },
  }
  return { ok: true, value: plan, warnings }
}

/** Bytes; files are read as a whole. */
const largestLibrary = 2 ** 30

/** Files of the root folder whose places the scenario may name. */
function librariesOf(tree: RootTree | undefined, images: ReadonlyMap<string, Image>): Libraries | undefined {
  if (!tree) return undefined
  const read: ReadGuestFile = path => {
    const found = tree.find(path)
    if (found.kind !== 'file' || found.file.size > largestLibrary) return undefined
    return { bytes: found.file.read(0, found.file.size), realPath: found.path }
  }
  return new Libraries(read, name => images.has(name))
}

function planSchedule(schedule: ScheduleSource, turn: (original: Turn) => Turn): ScheduleSource {
  return schedule.kind === 'turns' ? { ...schedule, turns: schedule.turns.map(turn) } : schedule
}

function planTurn(turn: Turn, places: Places, profile: KernelProfile, diagnostics: Diagnostic[]): Turn {
  if (turn.kind !== 'define') return turn
  const line = planDefinition(turn, places, profile)
  if (!isDiagnostic(line)) return { ...turn, line }
  diagnostics.push(line)
  return turn
}

/** Adds the code that starts threads to the binaries that `run:` names. */
async function startable(
  scenario: Scenario,
  images: ReadonlyMap<string, Image>,
): Promise<Result<ReadonlyMap<string, Image>>> {
  const result = new Map(images)
  const diagnostics: Diagnostic[] = []
  for (const threads of threadGroups(scenario)) {
    const binary = binaryOf(threads[0])
    const { withStartStub } = await import('../program/start-stub.ts')
    const started = withStartStub(images.get(binary)!, threads)
    if (started.ok) result.set(binary, started.value)
    else diagnostics.push(...started.diagnostics)
  }
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: result }
}

/** As they stand in the file; those of other files behind. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const [first] = diagnostics
  const file = first?.labels[0]?.span.file
  const key = ({ labels: [label] }: Diagnostic) =>
    label?.span.file === file ? (label?.span.start ?? 0) : Infinity
  return [...diagnostics].sort((a, b) => (key(a) === key(b) ? 0 : key(a) - key(b)))
}
