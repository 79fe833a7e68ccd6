// SPDX-License-Identifier: MIT
/** Starts the tool from its sources: `node --import tsx src/cli/bin.ts`. */
import { main } from './main.ts'
import { processShell } from './shell.ts'

// A thread does not inherit the loader that lets Node read TypeScript.
const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'))
const threadFlags = ['--import', `data:text/javascript,import{register}from${loader};register()`]

process.exitCode = await main(process.argv.slice(2), { ...processShell(), threadFlags })
