// SPDX-License-Identifier: MIT
// Locks that the kernel hands on: mutexes with priority inheritance, robust and shared ones too.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FUTEX_LOCK_PI = 6, FUTEX_UNLOCK_PI = 7, FUTEX_TRYLOCK_PI = 8 };

static pthread_mutex_t *lock;
static int count;

static void make(int type, int shared, int robust) {
  pthread_mutexattr_t how;
  pthread_mutexattr_init(&how);
  printf("protocol %d, ", pthread_mutexattr_setprotocol(&how, PTHREAD_PRIO_INHERIT));
  pthread_mutexattr_settype(&how, type);
  pthread_mutexattr_setpshared(&how, shared);
  pthread_mutexattr_setrobust(&how, robust);
  printf("made %d\n", pthread_mutex_init(lock, &how));
}

static void *counts(void *nothing) {
  for (int turn = 0; turn < 500; turn++) {
    pthread_mutex_lock(lock);
    count++;
    pthread_mutex_unlock(lock);
  }
  return nothing;
}

static void *tries(void *nothing) {
  struct timespec soon;
  printf("busy %d, not mine %d\n", pthread_mutex_trylock(lock), pthread_mutex_unlock(lock));
  clock_gettime(CLOCK_REALTIME, &soon);
  soon.tv_nsec += 20 * 1000 * 1000;
  if (soon.tv_nsec >= 1000000000) { soon.tv_nsec -= 1000000000; soon.tv_sec++; }
  printf("late %d\n", pthread_mutex_timedlock(lock, &soon));
  return nothing;
}

static void *dies(void *nothing) {
  pthread_mutex_lock(lock);
  return nothing;
}

static void *waits(void *nothing) {
  int got = pthread_mutex_lock(lock);
  printf("handed on %d\n", got);
  pthread_mutex_unlock(lock);
  return nothing;
}

int main(void) {
  lock = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_t threads[4];
  int got;

  make(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PROCESS_PRIVATE, PTHREAD_MUTEX_STALLED);
  for (int index = 0; index < 4; index++) pthread_create(&threads[index], 0, counts, 0);
  for (int index = 0; index < 4; index++) pthread_join(threads[index], 0);
  printf("counted %d\n", count);
  pthread_mutex_lock(lock);
  printf("mine already %d\n", pthread_mutex_lock(lock));
  pthread_create(&threads[0], 0, tries, 0);
  pthread_join(threads[0], 0);
  pthread_create(&threads[0], 0, waits, 0);
  usleep(20000);
  got = pthread_mutex_unlock(lock);
  pthread_join(threads[0], 0);
  printf("unlocked %d\n", got);
  pthread_mutex_destroy(lock);

  make(PTHREAD_MUTEX_RECURSIVE, PTHREAD_PROCESS_SHARED, PTHREAD_MUTEX_ROBUST);
  printf("twice %d %d\n", pthread_mutex_lock(lock), pthread_mutex_lock(lock));
  pthread_mutex_unlock(lock);
#ifdef __GLIBC__ // musl does not register what a child of fork locks
  fflush(stdout);
  if (fork() == 0) {
    int got = pthread_mutex_lock(lock);
    printf("child %d\n", got);
    fflush(stdout);
    _exit(0);
  }
  usleep(20000);
  pthread_mutex_unlock(lock);
  wait(0);
  got = pthread_mutex_lock(lock);
  printf("owner died %d, consistent %d, unlocked %d\n", got == EOWNERDEAD, pthread_mutex_consistent(lock), pthread_mutex_unlock(lock));
#else
  pthread_mutex_unlock(lock);
#endif

  pthread_create(&threads[0], 0, dies, 0);
  pthread_join(threads[0], 0);
  got = pthread_mutex_lock(lock);
  printf("thread died %d, unlocked %d, of no use %d\n", got == EOWNERDEAD, pthread_mutex_unlock(lock), pthread_mutex_lock(lock) == ENOTRECOVERABLE);

  int word = 0;
  long answer = syscall(SYS_futex, &word, FUTEX_UNLOCK_PI, 0, 0, 0, 0);
  printf("no owner %ld %s\n", answer, strerror(errno));
  answer = syscall(SYS_futex, &word, FUTEX_TRYLOCK_PI, 0, 0, 0, 0);
  printf("tried %ld, owner %d\n", answer, word == (int)syscall(SYS_gettid));
  answer = syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, 0, 0, 0);
  printf("again %ld %s\n", answer, strerror(errno));
  word = 0x3ffffff0;
  answer = syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, 0, 0, 0);
  printf("owner gone %ld %s\n", answer, strerror(errno));
  return 0;
}
