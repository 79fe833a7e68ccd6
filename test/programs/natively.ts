// SPDX-License-Identifier: MIT
import { execa } from 'execa'

/** What a program does on this computer's own kernel: see `emulate`. */
export async function natively(
  path: string,
  words: readonly string[] = [],
  stdin: Uint8Array = new Uint8Array(0),
  variables: readonly string[] = [],
): Promise<{ readonly end: string; readonly out: string; readonly err: string }> {
  const { stdout, stderr, exitCode, signal, timedOut } = await execa(path, words, {
    input: stdin,
    env: {
      LC_ALL: 'C',
      PATH: '/usr/bin:/bin',
      ...Object.fromEntries(variables.map(text => text.split('='))),
    },
    extendEnv: false,
    reject: false,
    timeout: 20_000,
    stripFinalNewline: false,
    encoding: 'latin1',
  })
  return {
    end: timedOut ? 'does not end' : (signal ?? `exit ${exitCode}`),
    out: stdout,
    err: stderr,
  }
}
