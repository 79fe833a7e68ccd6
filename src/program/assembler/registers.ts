// SPDX-License-Identifier: MIT
import { Register } from 'iced-x86'

export type RegisterClass =
  | 'r8'
  | 'r16'
  | 'r32'
  | 'r64'
  | 'ip'
  | 'seg'
  | 'cr'
  | 'dr'
  | 'st'
  | 'mm'
  | 'xmm'
  | 'ymm'
  | 'zmm'
  | 'k'
  | 'bnd'
  | 'tmm'

export type RegisterInfo = {
  readonly register: Register
  readonly name: string
  readonly class: RegisterClass
}

/** Patterns over iced-x86's names; of general registers it says L for the low byte of all sixteen. */
const classes: readonly (readonly [RegExp, RegisterClass])[] = [
  [/^([ABCD][LH]|(SP|BP|SI|DI|R\d+)L)$/, 'r8'],
  [/^([ABCD]X|SP|BP|SI|DI|R\d+W)$/, 'r16'],
  [/^(E([ABCD]X|SP|BP|SI|DI)|R\d+D)$/, 'r32'],
  [/^(R([ABCD]X|SP|BP|SI|DI)|R\d+)$/, 'r64'],
  [/^[ER]IP$/, 'ip'],
  [/^[CDEFGS]S$/, 'seg'],
  [/^CR\d+$/, 'cr'],
  [/^DR\d+$/, 'dr'],
  [/^ST\d$/, 'st'],
  [/^MM\d$/, 'mm'],
  [/^XMM\d+$/, 'xmm'],
  [/^YMM\d+$/, 'ymm'],
  [/^ZMM\d+$/, 'zmm'],
  [/^K\d$/, 'k'],
  [/^BND\d$/, 'bnd'],
  [/^TMM\d$/, 'tmm'],
]

const byNumber = new Map<number, RegisterInfo>()
const byName = new Map<string, RegisterInfo>()
for (const [iced, register] of Object.entries(Register)) {
  const found = typeof register === 'number' && classes.find(([pattern]) => pattern.test(iced))
  if (!found) continue
  const name = iced
    .toLowerCase()
    .replace(/^(r\d+)l$/, '$1b')
    .replace(/^st(\d)$/, 'st($1)')
  const info = { register: register as Register, name, class: found[1] }
  byNumber.set(info.register, info)
  byName.set(name, info)
}
byName.set('st', byName.get('st(0)')!)
for (let number = 0; number < 8; number++) byName.set(`db${number}`, byName.get(`dr${number}`)!)

/** A register by the name that GNU as gives it, in any case; `st(1)` in one word. */
export function registerNamed(name: string): RegisterInfo | undefined {
  return byName.get(name.toLowerCase())
}

/** Every name that `registerNamed` knows. */
export function registerNames(): string[] {
  return [...byName.keys()]
}

/** Every name, those of general registers first; of equally long ones those with letters nearer in the alphabet (`edj`: `edi`, not `edx`). */
export function nearestRegisters(word: string): string[] {
  const away = (name: string): number =>
    name.length === word.length
      ? [...name].reduce((sum, _, at) => sum + Math.abs(name.charCodeAt(at) - word.charCodeAt(at)), 0)
      : 1000
  const rank = (name: string): number => (/^r\d/.test(byName.get(name)!.class) ? 0 : 10_000) + away(name)
  return registerNames().sort((a, b) => rank(a) - rank(b))
}

export function registerInfo(register: number): RegisterInfo {
  return byNumber.get(register)!
}

const sizes: Readonly<Record<RegisterClass, number>> = {
  r8: 1,
  r16: 2,
  r32: 4,
  r64: 8,
  ip: 8,
  seg: 2,
  cr: 8,
  dr: 8,
  st: 10,
  mm: 8,
  xmm: 16,
  ymm: 32,
  zmm: 64,
  k: 8,
  bnd: 16,
  tmm: 1024,
}

/** Bytes. */
export function registerSize(register: number): number {
  return sizes[registerInfo(register).class]
}
