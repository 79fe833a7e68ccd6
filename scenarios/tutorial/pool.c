#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { most = 3 };

static const char *const names[most] = { "alpha", "beta", "gamma" };

__attribute__((noinline)) unsigned long work(int item, const char *name) {
  unsigned long sum = item;
  for (const char *letter = name; *letter; letter++)
    sum = sum * 31 + (unsigned char)*letter;
  return sum;
}

static void *worker(void *argument) {
  const long item = (long)argument;
  return (void *)work((int)item, names[item]);
}

int main(int count, char **words) {
  const long items = count > 1 ? atol(words[1]) : most;
  if (items < 0 || items > most)
    return 2;
  pthread_t threads[most];
  for (long item = 0; item < items; item++)
    if (pthread_create(&threads[item], NULL, worker, (void *)item) != 0)
      return 1;
  for (long item = 0; item < items; item++)
    pthread_join(threads[item], NULL);
  printf("%ld items\n", items);
  return 0;
}
