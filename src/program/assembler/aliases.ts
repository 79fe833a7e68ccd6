// SPDX-License-Identifier: MIT
import type { Reading } from './mnemonic.ts'

/** Conditions that iced-x86 knows by another name. */
const conditions: Readonly<Record<string, string>> = {
  c: 'b',
  nae: 'b',
  nb: 'ae',
  nc: 'ae',
  z: 'e',
  nz: 'ne',
  na: 'be',
  nbe: 'a',
  pe: 'p',
  po: 'np',
  nge: 'l',
  nl: 'ge',
  ng: 'le',
  nle: 'g',
}

/** Conditions of `cmpccxadd`, which iced-x86 calls by their other names. */
const inverted: Readonly<Record<string, string>> = {
  a: 'nbe',
  ae: 'nb',
  nae: 'b',
  nc: 'nb',
  c: 'b',
  e: 'z',
  ne: 'nz',
  na: 'be',
  g: 'nle',
  ge: 'nl',
  ng: 'le',
  nge: 'l',
  pe: 'p',
  po: 'np',
}

const sizedStrings = (name: string): Reading[] =>
  ['b', 'w', 'd', 'q'].map(suffix => ({ mnemonic: `${name}${suffix}` }))

/** Words that stand for others, in both syntaxes. */
export const aliases: Readonly<Record<string, readonly Reading[]>> = {
  ...Object.fromEntries(
    Object.entries(conditions).flatMap(([alias, condition]) =>
      ['j', 'set', 'cmov'].map(stem => [`${stem}${alias}`, [{ mnemonic: `${stem}${condition}` }]]),
    ),
  ),
  ...Object.fromEntries(
    Object.entries(inverted).map(([condition, other]) => [
      `cmp${condition}xadd`,
      [{ mnemonic: `cmp${other}xadd` }],
    ]),
  ),
  loopz: [{ mnemonic: 'loope' }],
  loopnz: [{ mnemonic: 'loopne' }],
  sal: [{ mnemonic: 'shl' }],
  movabs: [{ mnemonic: 'mov', wide: true }],
  pushf: [{ mnemonic: 'pushfq' }],
  popf: [{ mnemonic: 'popfq' }],
  pushfw: [{ mnemonic: 'pushf' }],
  popfw: [{ mnemonic: 'popf' }],
  iret: [{ mnemonic: 'iretd' }],
  iretw: [{ mnemonic: 'iret' }],
  retn: [{ mnemonic: 'ret' }],
  xlat: [{ mnemonic: 'xlatb' }],
  fwait: [{ mnemonic: 'wait' }],
  icebp: [{ mnemonic: 'int1' }],
  ud2a: [{ mnemonic: 'ud2' }],
  ud2b: [{ mnemonic: 'ud1' }],
  // A move between a general register of 64 bits and a vector is movq, whatever it is called.
  movd: [{ mnemonic: 'movd' }, { mnemonic: 'movq' }],
  vmovd: [{ mnemonic: 'vmovd' }, { mnemonic: 'vmovq' }],
  movsx: [{ mnemonic: 'movsx' }, { mnemonic: 'movsxd' }],
  movs: sizedStrings('movs'),
  cmps: sizedStrings('cmps'),
  stos: sizedStrings('stos'),
  lods: sizedStrings('lods'),
  scas: sizedStrings('scas'),
  ins: sizedStrings('ins'),
  outs: sizedStrings('outs'),
}

/** Words of AT&T syntax alone. */
export const attAliases: Readonly<Record<string, readonly Reading[]>> = {
  cbtw: [{ mnemonic: 'cbw' }],
  cwtl: [{ mnemonic: 'cwde' }],
  cltq: [{ mnemonic: 'cdqe' }],
  cwtd: [{ mnemonic: 'cwd' }],
  cltd: [{ mnemonic: 'cdq' }],
  cqto: [{ mnemonic: 'cqo' }],
  movsl: [{ mnemonic: 'movsd' }],
  cmpsl: [{ mnemonic: 'cmpsd' }],
  stosl: [{ mnemonic: 'stosd' }],
  lodsl: [{ mnemonic: 'lodsd' }],
  scasl: [{ mnemonic: 'scasd' }],
  insl: [{ mnemonic: 'insd' }],
  outsl: [{ mnemonic: 'outsd' }],
  iretl: [{ mnemonic: 'iretd' }],
  sysretl: [{ mnemonic: 'sysret' }],
  lret: [{ mnemonic: 'retf' }],
  lretl: [{ mnemonic: 'retf', size: 4 }],
  lretq: [{ mnemonic: 'retf', size: 8 }],
  lretw: [{ mnemonic: 'retf', size: 2 }],
  ljmp: [{ mnemonic: 'jmp', far: true, size: 6 }],
  lcall: [{ mnemonic: 'call', far: true, size: 6 }],
  ljmpl: [{ mnemonic: 'jmp', far: true, size: 6 }],
  lcalll: [{ mnemonic: 'call', far: true, size: 6 }],
  ljmpq: [{ mnemonic: 'jmp', far: true, size: 10 }],
  lcallq: [{ mnemonic: 'call', far: true, size: 10 }],
}

/** `movzb`, `movsbl`, `movslq`, …: sign, source, destination. `movsb` and `movsw` alone are also string instructions. */
export const attExtensions: RegExp = /^mov([sz])(?:(b)([wlq])?|(w)([lq])?|(l)(q))$/

const predicates = ['eq', 'lt', 'le', 'unord', 'neq', 'nlt', 'nle', 'ord']
const vectorPredicates = [
  ...predicates,
  'eq_uq',
  'nge',
  'ngt',
  'false',
  'neq_oq',
  'ge',
  'gt',
  'true',
  'eq_os',
  'lt_oq',
  'le_oq',
  'unord_s',
  'neq_us',
  'nlt_uq',
  'nle_uq',
  'ord_s',
  'eq_us',
  'nge_uq',
  'ngt_uq',
  'false_os',
  'neq_os',
  'ge_oq',
  'gt_oq',
  'true_us',
]

/** `cmpeqps xmm0, xmm1` is `cmpps xmm0, xmm1, 0` (Intel SDM volume 2, CMPPS). */
export const comparisons: ReadonlyMap<string, Reading> = new Map([
  ...['lql', 'hql', 'lqh', 'hqh'].flatMap((halves, index) =>
    ['', 'v'].map(stem => comparison(`${stem}pclmul`, halves, 'qdq', (index & 1) | ((index & 2) << 3))),
  ),
  ...['ps', 'pd', 'ss', 'sd'].flatMap(type => [
    ...predicates.map((name, predicate) => comparison('cmp', name, type, predicate)),
    ...vectorPredicates.map((name, predicate) => comparison('vcmp', name, type, predicate)),
  ]),
])

function comparison(stem: string, name: string, type: string, predicate: number): [string, Reading] {
  return [`${stem}${name}${type}`, { mnemonic: `${stem}${type}`, predicate }]
}

export const x87Reversed: Readonly<Record<string, string>> = {
  fsubp: 'fsubrp',
  fsubrp: 'fsubp',
  fdivp: 'fdivrp',
  fdivrp: 'fdivp',
}
