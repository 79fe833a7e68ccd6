// SPDX-License-Identifier: MIT
/** Numbers cut to what a lane holds. */

export function toSignedByte(value: number): number {
  return Math.max(-128, Math.min(127, value))
}

export function toByte(value: number): number {
  return Math.max(0, Math.min(255, value))
}

export function toSignedShort(value: number): number {
  return Math.max(-32768, Math.min(32767, value))
}

export function toShort(value: number): number {
  return Math.max(0, Math.min(65535, value))
}
