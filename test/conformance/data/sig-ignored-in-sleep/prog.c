#include "t.h"
static char st[4096] __attribute__((aligned(16)));
static int tid;
static volatile int f;
NI void site(long k) { asm volatile(SITE(here) "nop" :: "D"(k)); }
void sleeper(long me) { site(1); long r = S(NR_futex, &f, 0, 0, 0); site(r); }
int run(int argc, char **argv)
{
    start_thread(THREAD, st + 4096, sleeper, 1, &tid);
    site(0);
    f = 1;
    wake(&f);
    join(&tid);
    return 0;
}
