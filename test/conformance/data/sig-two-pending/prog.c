#include "t.h"
NI void site(long k) { asm volatile(SITE(here) "nop" :: "D"(k)); }
static void h(int s, void *i, void *u) { site(s); }
int run(int argc, char **argv)
{
    on(SIGUSR1, h, 0);
    for (long k = 0;; k++) site(k);
}
