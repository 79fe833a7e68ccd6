// SPDX-License-Identifier: MIT
#include <stdio.h>

static __thread int calls;

__attribute__((constructor)) static void begin(void) { puts("begin"); }
__attribute__((destructor)) static void end(void) { puts("end"); }

int twice(int number) {
  calls++;
  return number * 2 + calls;
}
