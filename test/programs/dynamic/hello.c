// SPDX-License-Identifier: MIT
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

int main(int count, char **words) {
  int numbers[] = {5, 3, 9, 1};
  qsort(numbers, 4, sizeof *numbers, compare);
  for (int at = 0; at < 4; at++) printf("%d ", numbers[at]);
  printf("%s %zu %.6f %s\n", count > 1 ? words[1] : "none", strlen("abc"), sqrt(2.0), setlocale(LC_ALL, ""));
  FILE *file = fopen("/no/such/folder/file", "w");
  printf("%d %s\n", file != NULL, strerror(errno));
  file = tmpfile();
  fputs("kept", file);
  rewind(file);
  char text[8] = "";
  printf("%s\n", fgets(text, sizeof text, file));
  return 3;
}
