// SPDX-License-Identifier: MIT
import { registerNames } from '../../tracing/definition/parse-fetch.ts'

/** An argument of a USDT probe in the kernel's notation, or why the kernel cannot fetch it. */
export type UsdtArgument =
  | { readonly written: string; readonly fetch: string }
  | { readonly written: string; readonly reason: string }

/** The value of a symbol as the number behind `@+`; undefined where there is no such symbol. */
export type FileOffsetOfSymbol = (name: string) => bigint | undefined

/**
 * Translates `-4@-16(%rbp)`: bytes, negative where the value is signed, and an operand as the assembler was given it. The kernel
 * fetches registers, memory at a register and a distance, and constants (spec 07 §5.4).
 */
export function usdtArgument(written: string, offsetOf: FileOffsetOfSymbol): UsdtArgument {
  const [, sign, bytes, float, operand] = /^(-?)([1248])(f?)@(.+)$/.exec(written) ?? []
  if (bytes === undefined || operand === undefined)
    return { written, reason: 'its size is none that the kernel has' }
  if (float || /^%[xyz]mm/.test(operand)) return { written, reason: 'the kernel fetches no floating point' }
  const type = `${sign ? 's' : 'u'}${Number(bytes) * 8}`
  const fetch = fetchOf(operand, type, offsetOf)
  return 'reason' in fetch ? { written, reason: fetch.reason } : { written, fetch: fetch.text }
}

type Fetched = { readonly text: string } | { readonly reason: string }

function fetchOf(operand: string, type: string, offsetOf: FileOffsetOfSymbol): Fetched {
  const constant = /^\$(-?(?:0x[0-9a-f]+|\d+))$/i.exec(operand)
  if (constant) return { text: `\\${constant[1]}:${type}` }
  const register = /^%([a-z][a-z0-9]*)$/.exec(operand)
  if (register) return registerFetch(register[1]!, type)
  const memory = /^(-?(?:0x[0-9a-f]+|\d+))?\(%([a-z0-9]+)\)$/i.exec(operand)
  if (memory && memory[2] !== 'rip') {
    const base = kernelRegister(memory[2]!)
    if (base?.shift !== 0) return { reason: `the kernel has no register ${memory[2]}` }
    const distance = memory[1] ?? '0'
    return { text: `${distance.startsWith('-') ? '' : '+'}${distance}(%${base.name}):${type}` }
  }
  const symbol = /^([A-Za-z_.$][\w.$]*)([+-](?:0x[0-9a-f]+|\d+))?(?:\(%rip\))?$/i.exec(operand)
  if (symbol) {
    const offset = offsetOf(symbol[1]!)
    const value = offset === undefined ? -1n : offset + signed(symbol[2] ?? '0')
    if (value >= 0n) return { text: `@+0x${value.toString(16)}:${type}` }
    return { reason: `\`${symbol[1]}\` is no symbol of the file that the kernel could reach from the probe` }
  }
  if (/\(.*,/.test(operand)) return { reason: 'the kernel does not add two registers' }
  return { reason: 'the kernel has no such operand' }
}

function signed(text: string): bigint {
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''))
}

/** Registers whose second byte has a name of its own are bit fields there, and those are unsigned. */
function registerFetch(name: string, type: string): Fetched {
  const register = kernelRegister(name)
  if (!register) return { reason: `the kernel has no register ${name}` }
  if (register.shift === 0) return { text: `%${register.name}:${type}` }
  if (type.startsWith('s')) return { reason: `the kernel has no signed ${name}` }
  return { text: `%${register.name}:b8@8/16` }
}

/** `r8d` → r8, `eax`, `al` → ax, `ah` → ax from bit 8 on. */
function kernelRegister(name: string): { readonly name: string; readonly shift: 0 | 8 } | undefined {
  const plain =
    /^(r\d+)[dwb]?$/.exec(name)?.[1] ??
    /^[re]?(ax|bx|cx|dx|si|di|bp|sp)$/.exec(name)?.[1] ??
    /^(si|di|bp|sp)l$/.exec(name)?.[1] ??
    /^([abcd])l$/.exec(name)?.[1]?.concat('x')
  if (plain !== undefined) return registerNames.includes(plain) ? { name: plain, shift: 0 } : undefined
  const high = /^([abcd])h$/.exec(name)
  return high ? { name: `${high[1]}x`, shift: 8 } : undefined
}
