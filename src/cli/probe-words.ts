// SPDX-License-Identifier: MIT
/** What may stand for a place behind `trapline probe BINARY`. */
export const probeWords: Readonly<Record<string, string>> = {
  name: 'a function; several where static ones share the name',
  'name+4': 'a place in it: decimal, or 0x…',
  'name@VERSION': 'of versions the one; without, the one that programs get',
  'name@plt': 'the stub for calls of this file into another one',
  'provider:name': 'a USDT probe, with its arguments and its semaphore',
  '0x1136': 'an offset in the file, which is no address',
  'name*': 'all that fit * ? and […], as a list with lines to paste',
  '(none)': 'a list of everything that has a name',
}
