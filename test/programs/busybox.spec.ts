// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { readElf } from '../../src/program/elf/read-elf.ts'
import { emulate } from './emulate.ts'
import { natively } from './natively.ts'

const busybox = '/bin/busybox'

/** Lines in no order, some of them twice. */
const text = Array.from(
  { length: 1500 },
  (_, at) => `${(at * 7919) % 2503} line ${at % 10} of the text\n`,
).join('')

/** What is run, and what is on its standard input. */
const cases: Readonly<Record<string, readonly [words: readonly string[], input: string | Uint8Array]>> = {
  sha256sum: [['sha256sum'], text],
  md5sum: [['md5sum'], text],
  sort: [['sort'], text],
  'sort by number, each once': [['sort', '-n', '-u', '-r'], text],
  'gzip and gunzip': [['sh', '-c', 'gzip -c | gunzip -c'], text],
  'gzip alone': [['gzip', '-c'], text],
  'bzip2 and bunzip2': [['sh', '-c', 'bzip2 -c | bunzip2 -c | md5sum'], text],
  'pipes and loops': [
    [
      'sh',
      '-c',
      'for n in 1 2 3 4 5; do echo $n $((n * n)); done | while read a b; do echo "$b:$a"; done | sort -n',
    ],
    '',
  ],
  'functions, cases, substitutions and exit codes': [
    [
      'sh',
      '-c',
      'f() { case $1 in a*) echo "A ${1#a}";; *) return 3;; esac; }; x=$(f abc; f zzz); echo "$x $?"; (exit 5) || echo $?; cat <<E\n$x\nE\nexit 4',
    ],
    '',
  ],
  'background jobs and signals': [
    ['sh', '-c', 'trap "echo caught" TERM; (kill -TERM $$) & wait $!; sleep 1; kill -KILL $$'],
    '',
  ],
  awk: [
    [
      'awk',
      '{ sum[$3] += $1 / 3; n++ } END { for (at = 0; at < 10; at++) printf "%d %.6f\\n", at, sum[at]; print n, sqrt(n), exp(1), sin(1) }',
    ],
    text,
  ],
  sed: [['sed', '-n', '-e', 's/\\([0-9]*\\) line \\([0-9]\\)/\\2:\\1/; /^[37]:/p'], text],
  wc: [['wc'], text],
  'grep, cut, tr, uniq, head': [
    ['sh', '-c', 'grep "^1[0-9]* " | cut -d" " -f3 | tr 0-9 a-j | sort | uniq -c | head -n 5'],
    text,
  ],
  'dd and od': [['sh', '-c', 'dd bs=1000 count=2 2>/dev/null | od -c | tail -n 3'], text],
  'bc and expr': [['sh', '-c', 'echo "2^100; 10/4" | bc; expr 6 \\* 7; seq 1 5 | xargs -n 2 echo'], ''],
  'no such file': [['cat', '/no/such/file'], ''],
}

describe('busybox does in the emulator what it does on this computer', () => {
  before(function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip()
    if (!existsSync(busybox)) this.skip()
    const image = readElf(new Uint8Array(readFileSync(busybox)), busybox)
    // Of the package busybox-static; the other one needs its libraries.
    if (!image.ok || image.value.interpreter) this.skip()
  })

  for (const [name, [words, input]] of Object.entries(cases)) {
    it(name, async function () {
      this.timeout(60_000)
      const stdin = Buffer.from(input)
      const { said, ...emulated } = await emulate(busybox, words, stdin)
      expect(emulated, said.join('\n')).to.deep.equal(await natively(busybox, words, stdin))
    })
  }
})
