// SPDX-License-Identifier: MIT
import type { KernelPath } from '../../src/kernel/kernel.ts'
import type { Image } from '../../src/program/image.ts'
import type { Consumer } from '../../src/uprobes/uprobes.ts'
import { seconds } from './best-of.ts'
import { type BootedProgram, bootProgram, buildProgram } from './boot-program.ts'

const processes = 20
/** Every other one is emulated, the others are stepped. */
const sites = 10_000
const consumer: Consumer = { probe: 'p', handler: () => 0 }

/** Microseconds for a probe to be put into twenty processes that map its file, and to be taken out again. */
export function benchRegistration(): void {
  const image = buildProgram(
    `.globl _start\n_start:\n${'nop\nlea eax, [rdi+rsi]\n'.repeat(sites / 2)}jmp _start\n`,
  )
  measure(image, sites)
  for (const count of [100, 1000, sites]) {
    const rounds = [1, 2, 3].map(() => measure(image, count))
    const best = (way: 'put' | 'taken'): string =>
      ((Math.min(...rounds.map(round => round[way])) / count) * 1e6).toFixed(1)
    console.log(
      `${String(count).padStart(6)} probes  ${best('put')} µs each to put into ${processes} processes, ${best('taken')} µs to take out`,
    )
  }
}

/** Seconds for all of them. */
function measure(image: Image, count: number): { readonly put: number; readonly taken: number } {
  const app = bootProgram(image)
  for (let n = 0; n < processes; n++) app.start(`app ${n}`)
  const first = Number(app.offset('_start'))
  const offsets = Array.from({ length: count }, (_, n) => BigInt(first + 2 * n - (n % 2)))
  const start = seconds()
  for (const offset of offsets) zero(app, app.uprobes.register(app.inode, offset, 0n, consumer))
  const middle = seconds()
  for (const offset of offsets) zero(app, app.uprobes.remove(app.inode, offset, consumer))
  return { put: middle - start, taken: seconds() - middle }
}

function zero({ perform }: BootedProgram, path: KernelPath<number>): void {
  const errno = perform(path)
  if (errno !== 0) throw new Error(`errno ${-errno}`)
}
