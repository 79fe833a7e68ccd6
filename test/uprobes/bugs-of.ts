// SPDX-License-Identifier: MIT
import type { Booted } from './boot.ts'

/** Bugs as they were named: `B15 far app 0x402000`. */
export function bugsOf({ kernel }: Booted): string[] {
  return kernel.events
    .filter(({ kind }) => kind === 'bug')
    .map(({ thread, fields }) => {
      const ip = fields['ip'] as { address: bigint } | undefined
      return [fields['bug'], fields['probe'], thread, ip && `0x${ip.address.toString(16)}`]
        .filter(Boolean)
        .join(' ')
    })
}

export function at({ address }: Booted, symbol: string, distance = 0n): string {
  return `0x${(address(symbol) + distance).toString(16)}`
}
