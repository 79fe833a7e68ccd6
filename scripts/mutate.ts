// SPDX-License-Identifier: MIT
import { execa } from 'execa'
import { checkSurvivors } from './mutation/survivors.ts'

/** `npm run mutate [-- --mutate 'src/uprobes/xol/**']`: fails below the score of `stryker.json` and where a survivor has no reason. */
const { exitCode } = await execa('stryker', ['run', 'scripts/stryker.json', ...process.argv.slice(2)], {
  stdio: 'inherit',
  preferLocal: true,
  reject: false,
})
if (exitCode !== 0) process.exitCode = 1
if (!checkSurvivors()) process.exitCode = 1
