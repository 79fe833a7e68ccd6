// SPDX-License-Identifier: MIT
// Timers and clocks of processor time: they stand while the program sleeps.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t fired[65];
static void count(int signal) { fired[signal]++; }

/** Works until a signal has come so often; false where it does not. */
static int works(int signal, int times) {
  for (volatile long round = 0; fired[signal] < times; round++)
    if (round > 400000000) return 0;
  return 1;
}

static long microseconds(clockid_t clock) {
  struct timespec now;
  return clock_gettime(clock, &now) ? -errno : now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void *idle(void *clock) {
  usleep(50000);
  printf("%d\n", microseconds(CLOCK_THREAD_CPUTIME_ID) < 40000);
  return clock;
}

int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  int kinds[] = { ITIMER_VIRTUAL, ITIMER_PROF }, signals[] = { SIGVTALRM, SIGPROF };
  for (int kind = 0; kind < 2; kind++) {
    signal(signals[kind], count);
    struct itimerval timer = { { 0, 2000 }, { 0, 2000 } }, left;
    printf("%d", setitimer(kinds[kind], &timer, 0));
    printf(" %d", works(signals[kind], 3));
    memset(&timer, 0, sizeof timer);
    printf(" %d", setitimer(kinds[kind], &timer, &left));
    printf(" %ld %ld\n", (long)left.it_interval.tv_sec, (long)left.it_value.tv_sec);
  }
  printf("%d %d\n", setitimer(3, &(struct itimerval){ 0 }, 0), errno);
  struct timespec wait = { 0, 200000000 };
  long before = microseconds(CLOCK_PROCESS_CPUTIME_ID);
  nanosleep(&wait, 0);
  printf("%d\n", microseconds(CLOCK_PROCESS_CPUTIME_ID) - before < 150000);
  struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
  signal(SIGUSR1, count);
  timer_t timer;
  printf("%d", timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer));
  printf(" %d", timer_settime(timer, 0, &(struct itimerspec){ { 0, 0 }, { 0, 3000000 } }, 0));
  printf(" %d", works(SIGUSR1, 1));
  struct itimerspec rest;
  printf(" %d", timer_gettime(timer, &rest));
  printf(" %ld\n", rest.it_value.tv_nsec);
  timer_delete(timer);
  pthread_t thread;
  pthread_create(&thread, 0, idle, 0);
  clockid_t clock;
  printf("%d", pthread_getcpuclockid(thread, &clock));
  printf(" %d\n", microseconds(clock) < 40000);
  pthread_join(thread, 0);
  printf("%d", timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
  printf(" %d\n", clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &wait, 0));
}
