// SPDX-License-Identifier: MIT
import type { Line } from '../../plan/probing/line-at.ts'
import { labelOf, type ProbeAnswer } from '../../plan/probing/probe-answer.ts'
import type { ListedSite } from './list-functions.ts'

/** A place of a list, as an object for programs. Addresses and offsets are texts, as they may be larger than JSON's numbers. */
export function siteJson(site: ListedSite): object {
  const { address, fileOffset, within, note, stub, treatment, optimised, traps, bugs } = site
  return {
    name: labelOf(site),
    kind: note ? 'usdt' : stub ? 'stub' : (within?.symbol.kind ?? 'code'),
    offset: hex(BigInt(fileOffset)),
    address: hex(address),
    ...(!note &&
      within && { size: within.size, binding: within.symbol.binding, source: within.symbol.source }),
    ...(!note && within && within.aliases.length > 0 && { aliases: within.aliases.map(({ name }) => name) }),
    kernel: { ...treatment, optimised, traps: treatment.how === 'refused' ? undefined : traps, bugs },
  }
}

/** A place with all that is known of it. */
export function answerJson(answer: ProbeAnswer): object {
  const { site, definitions, relatives, inlined, inlinedDefinitions, neighbour, candidates } = answer
  const { boundary, within, note } = site
  return {
    ...siteJson(site),
    ...(within && { function: within.name }),
    instruction: lineJson(site.line),
    boundary:
      boundary.kind === 'middle'
        ? { ...boundary, cut: lineJson(boundary.cut), next: boundary.next && lineJson(boundary.next) }
        : boundary,
    ...(note && { arguments: definitions.arguments }),
    ...(neighbour && { instead: { ...neighbour, address: hex(neighbour.address) } }),
    ...(relatives.length > 0 && {
      relatives: relatives.map(({ function: { name }, splits }) => ({ name, splits })),
    }),
    ...(candidates.length > 0 && { candidates: candidates.map(({ name }) => name) }),
    ...(inlined && {
      inlined:
        inlined.kind === 'read'
          ? {
              ...inlined,
              copies: inlined.copies.map(({ address, line }) => ({ address: hex(address), line })),
            }
          : inlined,
    }),
    definitions: definitions.lines,
    ...(inlinedDefinitions.length > 0 && { inlinedDefinitions }),
    ...(definitions.problem && { problem: definitions.problem }),
  }
}

function lineJson({ address, bytes, text }: Line): object {
  const digits = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(' ')
  return { address: hex(address), bytes: digits, text }
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}
