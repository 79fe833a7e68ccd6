// SPDX-License-Identifier: MIT
// What a program reads of itself in /proc; numbers that differ between computers are only looked at.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int words(const char *path) {
  FILE *file = fopen(path, "r");
  char word[256];
  int count = 0;
  if (!file) return -1;
  while (fscanf(file, "%255s", word) == 1) count++;
  fclose(file);
  return count;
}

// What smaps says of the mapping that an address is in.
static void mapping(const char *title, const void *address) {
  FILE *file = fopen("/proc/self/smaps", "r");
  char line[512];
  int inside = 0;
  while (fgets(line, sizeof line, file)) {
    unsigned long start, end;
    if (sscanf(line, "%lx-%lx ", &start, &end) == 2) inside = start <= (unsigned long)address && (unsigned long)address < end;
    if (inside && (!strncmp(line, "Anonymous:", 10) || !strncmp(line, "Private_Dirty:", 14) || !strncmp(line, "Size:", 5)))
      printf("%s %s", title, line);
    if (inside && !strncmp(line, "VmFlags:", 8)) {
      char *newer = strstr(line, " sd");
      if (newer) *newer = 0;
      line[strcspn(line, "\n")] = 0;
      while (line[strlen(line) - 1] == ' ') line[strlen(line) - 1] = 0;
      printf("%s %s\n", title, line);
    }
  }
  fclose(file);
}

static int entries(const char *path, const char *wanted) {
  DIR *folder = opendir(path);
  int count = 0;
  for (struct dirent *entry; folder && (entry = readdir(folder));)
    if (wanted ? !strcmp(entry->d_name, wanted) : entry->d_name[0] != '.') count++;
  if (folder) closedir(folder);
  return count;
}

static void *thread(void *argument) {
  char path[64];
  printf("threads %d, own %d\n", entries("/proc/self/task", 0), entries("/proc/self/task", "x"));
  sprintf(path, "/proc/self/task/%ld/comm", (long)syscall(SYS_gettid));
  printf("comm %d, thread-self %d\n", words(path), words("/proc/thread-self/comm"));
  return argument;
}

int main(void) {
  printf("stat %d, statm %d, environ %d\n", words("/proc/self/stat"), words("/proc/self/statm"), words("/proc/self/environ"));
  printf("loadavg %d, uptime %d, version %d\n", words("/proc/loadavg"), words("/proc/uptime"), words("/proc/version") > 2);
  int before = entries("/proc/self/fd", 0);
  int extra = open("/dev/null", O_RDONLY);
  char name[16];
  sprintf(name, "%d", extra);
  printf("descriptors %d, the new one %d\n", entries("/proc/self/fd", 0) - before, entries("/proc/self/fd", name));
  close(extra);
  printf("closed %d, in /proc %d %d %d\n", entries("/proc/self/fd", name), entries("/proc", "self"), entries("/proc", "meminfo"), entries("/proc/self", "maps"));
  char link[64] = "";
  readlink("/proc/self/root", link, sizeof link - 1);
  printf("root %s, missing %d %d\n", link, access("/proc/self/nothing", F_OK), access("/proc/999999", F_OK));

  char *pages = mmap(0, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(pages, 3 * 4096, PROT_READ);
  mprotect(pages, 3 * 4096, PROT_READ | PROT_WRITE);
  pages[4096] = 1;
  volatile char read = pages[0];
  (void)read;
  mapping("private", pages);
  char *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  mapping("shared", shared);

  struct rlimit limit = { 64, 128 };
  setrlimit(RLIMIT_NOFILE, &limit);
  FILE *limits = fopen("/proc/self/limits", "r");
  char line[256];
  while (fgets(line, sizeof line, limits))
    if (!strncmp(line, "Limit", 5) || !strncmp(line, "Max open", 8)) fputs(line, stdout);
  fclose(limits);

  pthread_t other;
  pthread_create(&other, 0, thread, 0);
  pthread_join(other, 0);

  struct { unsigned size, policy; unsigned long flags; int nice; unsigned priority; unsigned long more[3]; } attributes;
  memset(&attributes, 0, sizeof attributes);
  long got = syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0);
  printf("sched_getattr %ld, size %d, policy %u, nice %d\n", got, attributes.size >= 48, attributes.policy, attributes.nice);
  got = syscall(SYS_sched_getattr, 0, &attributes, 8, 0);
  printf("too small %ld\n", got);
  attributes.size = 48;
  attributes.policy = SCHED_BATCH;
  attributes.nice = 3;
  got = syscall(SYS_sched_setattr, 0, &attributes, 0);
  printf("sched_setattr %ld, %d %d\n", got, sched_getscheduler(0), getpriority(PRIO_PROCESS, 0));
  attributes.priority = 5;
  got = syscall(SYS_sched_setattr, 0, &attributes, 0);
  printf("wrong %ld\n", got);
  int mode = 7;
  got = syscall(SYS_get_mempolicy, &mode, 0, 0, 0, 0);
  printf("get_mempolicy %ld, %d, ioprio_get %ld\n", got, mode, (long)syscall(SYS_ioprio_get, 1, 0));
  return 0;
}
