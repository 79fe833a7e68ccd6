// SPDX-License-Identifier: MIT
// What mremap and madvise do to mappings: as /proc/self/smaps shows them, and in a child.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

#define TELL(what, call) do { errno = 0; long got = (long)(call); printf("%s: %s\n", what, got == -1 ? strerror(errno) : "done"); } while (0)

static char *const area = (char *)0x10000000;
static const long page = 4096;

/** The mappings of the area with their notes. */
static void show(void) {
  char line[512];
  int in = 0;
  FILE *file = fopen("/proc/self/smaps", "r");
  while (fgets(line, sizeof line, file)) {
    unsigned long from, to;
    char rights[5];
    if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) == 3) {
      in = from >= (unsigned long)area && from < (unsigned long)area + 64 * page;
      if (in) printf("  %lx-%lx %s", from, to, rights);
    } else if (in && !strncmp(line, "VmFlags:", 8)) printf(" %s", line + 9);
  }
  fclose(file);
}

static void map(long at, long pages, int how) {
  mmap(area + at * page, pages * page, PROT_READ | PROT_WRITE, how | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void notes(void) {
  static const int advice[] = { MADV_RANDOM, MADV_SEQUENTIAL, MADV_NORMAL, MADV_DONTDUMP, MADV_DODUMP, MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK, MADV_KEEPONFORK };
  for (unsigned k = 0; k < sizeof advice / sizeof *advice; k++) {
    printf("advice %d: %d\n", advice[k], madvise(area + 2 * page, 2 * page, advice[k]));
    show();
  }
}

static void forks(void) {
  strcpy(area, "kept");
  strcpy(area + page, "wiped");
  madvise(area + page, page, MADV_WIPEONFORK);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    printf("child: %s, '%s'\n", area, area + page);
    strcpy(area + page, "again");
    fflush(stdout);
    if (fork() == 0) {
      printf("its child: '%s'\n", area + page);
      show();
      fflush(stdout);
      _exit(0);
    }
    wait(0);
    _exit(0);
  }
  waitpid(child, 0, 0);
  printf("parent: %s, %s\n", area, area + page);
}

static char *move(long at, long pages, long target, int flags) {
  return mremap(area + at * page, pages * page, pages * page, MREMAP_MAYMOVE | flags, area + target * page);
}

int main(void) {
  map(0, 6, MAP_PRIVATE);
  notes();
  forks();
  map(16, 2, MAP_SHARED);
  TELL("wipe what is shared", madvise(area + 16 * page, page, MADV_WIPEONFORK));
  mprotect(area + 5 * page, page, PROT_EXEC);
  TELL("populate what can only be executed", madvise(area + 5 * page, page, MADV_POPULATE_READ));
  TELL("wipe a hole", madvise(area + 5 * page, 2 * page, MADV_WIPEONFORK));
  show();

  map(24, 3, MAP_PRIVATE);
  strcpy(area + 24 * page, "first");
  strcpy(area + 26 * page, "third");
  TELL("move and keep", move(24, 3, 32, MREMAP_FIXED | MREMAP_DONTUNMAP));
  printf("%s, %s; '%s'\n", area + 32 * page, area + 34 * page, area + 24 * page);
  TELL("move to where it fits", move(24, 1, 40, MREMAP_DONTUNMAP));
  TELL("anywhere else", move(24, 1, 32, MREMAP_DONTUNMAP));
  TELL("keep, and grow", mremap(area + 24 * page, page, 2 * page, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, area + 48 * page));
  TELL("keep in place", mremap(area + 24 * page, page, page, MREMAP_DONTUNMAP, area + 48 * page));
  TELL("keep, shared", move(16, 2, 50, MREMAP_FIXED | MREMAP_DONTUNMAP));
  TELL("keep, of two mappings", move(1, 4, 54, MREMAP_FIXED | MREMAP_DONTUNMAP));
  TELL("nothing there", move(60, 1, 20, MREMAP_DONTUNMAP));
  show();
  return 0;
}
