// SPDX-License-Identifier: MIT
import { mkdir, writeFile } from 'node:fs/promises'
import { Code, CodeExt, CpuidFeature, EncodingKind, Instruction, Mnemonic } from 'iced-x86'

const folder = new URL('../src/program/assembler/generated/', import.meta.url)

/** Writes the list from mnemonic to instruction codes, which iced-x86 can only answer in the other direction. */
export async function generateMnemonics(): Promise<void> {
  const codes = new Map<string, number[]>()
  let count = 0
  for (const [name, code] of Object.entries(Code)) {
    if (typeof code !== 'number' || !Number.isNaN(Number(name))) continue
    count++
    const mnemonic = mnemonicOf(code)
    if (mnemonic === undefined) continue
    codes.set(mnemonic, [...(codes.get(mnemonic) ?? []), code])
  }
  const rows = [...codes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, list]) => `  '${name}': [${list}],\n`)
  await mkdir(folder, { recursive: true })
  await writeFile(
    new URL('mnemonics.ts', folder),
    '// SPDX-License-Identifier: MIT\n' +
      '/** Number of `Code`s of the iced-x86 that this list was made from; another number means another numbering. */\n' +
      `export const codeCount: number = ${count}\n\n` +
      '/** Codes of each mnemonic that exist in 64-bit mode, in `Code` order. */\n' +
      `export const codesOfMnemonic: Readonly<Record<string, readonly number[]>> = {\n${rows.join('')}}\n`,
  )
}

/** Of processors that are no more, and of none that were sold. */
const foreign = /^(KNC|D3NOW|D3NOWEXT|CYRIX_D3NOW|UDBG|PADLOCK_UNDOC)$/

/** Instructions of Intel and AMD processors in 64-bit mode. */
function mnemonicOf(code: Code): string | undefined {
  const info = CodeExt.opCode(code)
  const usable =
    info.isInstruction &&
    info.mode64 &&
    info.intelDecoder64 &&
    info.encoding !== EncodingKind.MVEX &&
    !featuresOf(code).some(feature => foreign.test(feature))
  const name = usable ? Mnemonic[info.mnemonic]!.toLowerCase() : undefined
  info.free()
  return name
}

function featuresOf(code: Code): string[] {
  const instruction = new Instruction()
  instruction.code = code
  const features = Array.from(instruction.cpuidFeatures(), feature => CpuidFeature[feature]!)
  instruction.free()
  return features
}
