// malloc, realloc and free at random, sorting, strings, big blocks.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252u;
static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

static int compare(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}
static int compare_texts(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(void) {
  enum { blocks = 64, numbers = 5000, words = 500 };
  static unsigned char *held[blocks];
  static size_t sizes[blocks];
  uint64_t sum = 0;
  for (int round = 0; round < 3000; round++) {
    const int at = next() % blocks;
    const size_t size = next() % (round % 100 == 0 ? 300000 : 2000) + 1;
    for (size_t byte = 0; byte < sizes[at]; byte += 97) sum = sum * 31 + held[at][byte];
    if (next() % 3 == 0) {
      free(held[at]);
      held[at] = calloc(1, size);
    } else {
      held[at] = realloc(held[at], size);
      if (size > sizes[at]) memset(held[at] + sizes[at], round, size - sizes[at]);
    }
    sizes[at] = size;
  }
  printf("%llx\n", (unsigned long long)sum);

  uint64_t *list = malloc(numbers * sizeof *list);
  for (int at = 0; at < numbers; at++) list[at] = next();
  qsort(list, numbers, sizeof *list, compare);
  for (int at = 1; at < numbers; at++)
    if (list[at - 1] > list[at]) return 1;
  printf("%llu %llu\n", (unsigned long long)list[0], (unsigned long long)list[numbers - 1]);
  printf("%d\n", bsearch(&list[77], list, numbers, sizeof *list, compare) == &list[77]);

  char **texts = malloc(words * sizeof *texts);
  for (int at = 0; at < words; at++) {
    char text[40];
    snprintf(text, sizeof text, "%llx-%d", (unsigned long long)(next() % 1000), at);
    texts[at] = strdup(text);
  }
  qsort(texts, words, sizeof *texts, compare_texts);
  printf("%s %s %s\n", texts[0], texts[words / 2], texts[words - 1]);
  char *big = malloc(3 << 20);
  memset(big, 'y', 3 << 20);
  big[(3 << 20) - 1] = 0;
  printf("%zu %d %s\n", strlen(big), memchr(big, 'z', 3 << 20) == NULL, strstr("needle in hay", "in"));
  return 0;
}
