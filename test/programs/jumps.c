// setjmp and longjmp out of deep calls, with floating-point state.
#include <fenv.h>
#include <setjmp.h>
#include <stdio.h>

static jmp_buf places[8];

__attribute__((noinline)) static void dive(int depth, int target) {
  volatile double kept = depth / 3.0;
  if (depth == 0) longjmp(places[target], target + 1);
  dive(depth - 1, target);
  printf("never %f\n", kept);
}

int main(void) {
  volatile int sum = 0;
  for (volatile int target = 0; target < 8; target++) {
    const int result = setjmp(places[target]);
    if (result == 0) dive(100 * target, target);
    sum = sum * 10 + result;
    printf("%d %d\n", target, result);
  }
  fesetround(FE_UPWARD);
  volatile double third = 1.0 / 3.0;
  fesetround(FE_TONEAREST);
  volatile double other = 1.0 / 3.0;
  printf("%d %.17g %.17g\n", sum, third, other);
  if (setjmp(places[0]) == 0) longjmp(places[0], 0);
  return sum % 251;
}
