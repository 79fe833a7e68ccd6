// Mutex, condition, barrier, thread-local memory, once, atomics, semaphores.
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>

enum { threads = 6, rounds = 200 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn_changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_key_t key;
static sem_t room;
static _Thread_local long mine;
static long shared;
static int turn;
static atomic_long counted, freed;

static void release(void *value) { atomic_fetch_add(&freed, (long)value); }
static void make_key(void) { pthread_key_create(&key, release); }

static void *work(void *argument) {
  const long self = (long)argument;
  pthread_once(&once, make_key);
  pthread_setspecific(key, (void *)(self + 1));
  for (int round = 0; round < rounds; round++) {
    pthread_mutex_lock(&mutex);
    shared += self;
    pthread_mutex_unlock(&mutex);
    atomic_fetch_add(&counted, 1);
    mine += round;
  }
  pthread_barrier_wait(&barrier);
  pthread_rwlock_rdlock(&lock);
  const long seen = shared;
  pthread_rwlock_unlock(&lock);
  sem_wait(&room);
  sem_post(&room);
  pthread_mutex_lock(&mutex);
  while (turn != self) pthread_cond_wait(&turn_changed, &mutex);
  printf("thread %ld: %ld %ld\n", self, mine, seen);
  turn++;
  pthread_cond_broadcast(&turn_changed);
  pthread_mutex_unlock(&mutex);
  return (void *)(self * self);
}

int main(void) {
  pthread_t handles[threads];
  pthread_barrier_init(&barrier, NULL, threads);
  sem_init(&room, 0, 2);
  for (long at = 0; at < threads; at++)
    if (pthread_create(&handles[at], NULL, work, (void *)at) != 0) return 1;
  long sum = 0;
  for (int at = 0; at < threads; at++) {
    void *result;
    pthread_join(handles[at], &result);
    sum += (long)result;
  }
  printf("%ld %ld %ld %ld\n", sum, shared, counted, freed);
  return (int)sum;
}
