// Texts to numbers and back: double, long double, all the ways of printf.
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  static const char *const texts[] = {
    "0", "-0", "1", "3.14159265358979323846", "1e308", "1e309", "4.9e-324", "2.4e-324", "0x1.fffffffffffffp+1023",
    "123456789012345678901234567890", "0.1", "1e-310", "nan", "-inf", "9007199254740993", "2.2250738585072011e-308",
  };
  for (unsigned at = 0; at < sizeof texts / sizeof *texts; at++) {
    const double number = strtod(texts[at], NULL);
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    printf("%-30s %016llx %.17g %e %a %f\n", texts[at], (unsigned long long)bits, number, number, number,
           fabs(number) < 1e20 ? number : 0.0);
    const long double wide = strtold(texts[at], NULL);
    printf("  %.21Lg %Le %La %.3Lf\n", wide, wide, wide, fabsl(wide) < 1e20L ? wide : 0.0L);
    const float narrow = strtof(texts[at], NULL);
    printf("  %.9g\n", narrow);
  }
  volatile long double sum = 0.0L;
  for (int term = 1; term <= 1000; term++) sum += 1.0L / term;
  printf("%.20Lf %.20Lf\n", sum, sqrtl(sum));
  volatile double product = 1.0;
  for (int factor = 1; factor <= 30; factor++) product *= factor / 7.0;
  printf("%.17g %lld %llu\n", product, (long long)-product, (unsigned long long)product);
  printf("[%5d|%-5d|%05d|%+d|%x|%#o|%c|%10.3s|%-10s|%%|%p]\n", 42, 42, 42, 42, 0xbeef, 8, 'x', "abcdef", "left",
         (void *)0x1234);
  printf("%hhd %hd %ld %lld %zu %jd\n", (signed char)-1, (short)-2, -3L, -4LL, (size_t)5, (intmax_t)-6);
  long whole;
  double part;
  char word[20];
  printf("%d ", sscanf("17 2.5e3 stone", "%ld %lf %19s", &whole, &part, word));
  printf("%ld %g %s\n", whole, part, word);
  printf("%.15g %.15g %.15g %.15g\n", sqrt(2.0), floor(-2.5), fmod(10.0, 3.0), rint(2.5));
  printf("%d %g %Lg\n", LDBL_MANT_DIG, DBL_MAX, LDBL_MAX);
  return 0;
}
