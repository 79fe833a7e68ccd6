// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { runEmulator } from '../../src/engine/run-emulator.ts'
import { judge } from '../../src/expect/judge.ts'
import { makePlan } from '../../src/plan/make-plan.ts'
import { loadScenarios } from '../../src/scenario/load-scenarios.ts'
import { hasProgram } from './has-program.ts'

describe('whole programs of a scenario', function () {
  this.timeout(30_000)
  let folder: string | undefined

  before(function () {
    if (!hasProgram('cc')) this.skip()
    folder = mkdtempSync(join(tmpdir(), 'trapline-processes-'))
  })

  after(() => {
    if (folder) rmSync(folder, { recursive: true })
  })

  /** What is wrong with a run of a scenario that is compiled in a folder of its own. */
  async function wrongWith(text: string): Promise<string[]> {
    writeFileSync(join(folder!, 'test.yaml'), text)
    const { scenarios, diagnostics } = await loadScenarios('test.yaml', { cwd: folder! })
    const plan = scenarios[0] && (await makePlan(scenarios[0], { cacheFolder: join(folder!, 'cache') }))
    const judged = plan?.ok
      ? judge(plan.value, runEmulator(plan.value), { read: () => undefined }).diagnostics
      : (plan?.diagnostics ?? diagnostics)
    return judged.map(({ code, message }) => `${code} ${message}`)
  }

  it('have their words, environment, input and files, and their output is judged', async () => {
    const wrong = await wrongWith(`title: a program with a C library
binaries:
  app:
    flags: [-static, -O1]
    c: |
      #include <stdio.h>
      #include <stdlib.h>
      int main(int count, char **words) {
        char line[80];
        for (int at = 0; at < count; at++) printf("[%s]", words[at]);
        printf(" %s %s\\n", getenv("LANG"), getenv("HOME") ? "home" : "no home");
        while (fgets(line, sizeof line, stdin)) printf("in: %s", line);
        FILE *file = fopen("/etc/greeting", "r");
        if (file && fgets(line, sizeof line, file)) printf("file: %s", line);
        fprintf(stderr, "done\\n");
        return 7;
      }
processes:
  app:
    exec: app
    argv: [hello, "two words"]
    env: { LANG: C }
    stdin: "one\\ntwo\\n"
    files: { /etc/greeting: "good day\\n" }
expect:
  events: [{ exit: app, value: 7 }]
  output: "[hello][two words] C no home\\nin: one\\nin: two\\nfile: good day\\n"
  errors: "done\\n"
`)
    expect(wrong).to.deep.equal([])
  })

  it('name their threads and children, which a probe sees', async () => {
    const wrong = await wrongWith(`title: threads and children
binaries:
  app:
    flags: [-static, -O1, -pthread]
    c: |
      #include <pthread.h>
      #include <sys/wait.h>
      #include <unistd.h>
      __attribute__((noinline)) int mark(int value) { asm volatile(""); return value; }
      static void *thread(void *argument) { mark(2); return argument; }
      int main(void) {
        pthread_t other;
        pthread_create(&other, 0, thread, 0);
        pthread_join(other, 0);
        const pid_t child = fork();
        if (child == 0) _exit(mark(3));
        int status;
        waitpid(child, &status, 0);
        return mark(WEXITSTATUS(status) + 1);
      }
processes: { app: { exec: app } }
probes: { mark: "p app:mark value=%di:s32" }
expect:
  trace: [hit, exit]
  events:
    - { hit: mark, thread: app.1, args: { value: 2 } }
    - { exit: app.1 }
    - { hit: mark, thread: app/1, args: { value: 3 } }
    - { exit: app/1, value: 3 }
    - { hit: mark, thread: app, args: { value: 4 } }
    - { exit: app, value: 4 }
`)
    expect(wrong).to.deep.equal([])
  })
})
