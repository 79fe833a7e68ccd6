// SPDX-License-Identifier: MIT
import { readdirSync } from 'node:fs'
import { build } from 'esbuild'
import { execaNode } from 'execa'

const folder = 'test/uprobes'

/**
 * In Stryker's copy of the repository: one bundle with every mutant behind a switch, one file a spec, and the runner beside them, which
 * then writes down which test reaches which mutant.
 */
await build({
  entryPoints: [
    'scripts/mutation/run.ts',
    ...readdirSync(folder)
      .filter(name => name.endsWith('.spec.ts'))
      .map(name => `${folder}/${name}`),
  ],
  entryNames: '[name]',
  outdir: 'suite',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // iced-x86 reads its code from beside itself.
  external: ['iced-x86', 'mocha'],
})

await execaNode('suite/run.mjs', ['reach'], { stdio: 'inherit' })
