// SPDX-License-Identifier: MIT
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static pthread_barrier_t barrier;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long sum;
static void *work(void *argument) {
  long own = (long)argument;
  pthread_barrier_wait(&barrier);
  pthread_mutex_lock(&lock);
  sum += own;
  pthread_mutex_unlock(&lock);
  return (void *)(own * 2);
}
int main(int count, char **words) {
  int threads = count > 1 ? atoi(words[1]) : 10000;
  pthread_t *all = malloc(threads * sizeof *all);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 32768);
  pthread_barrier_init(&barrier, NULL, threads + 1);
  for (long at = 0; at < threads; at++)
    if (pthread_create(&all[at], &attributes, work, (void *)at)) { printf("no thread %ld\n", at); return 1; }
  pthread_barrier_wait(&barrier);
  long doubled = 0;
  for (int at = 0; at < threads; at++) { void *result; pthread_join(all[at], &result); doubled += (long)result; }
  printf("%d threads, %ld, %ld\n", threads, sum, doubled);
  return 0;
}
