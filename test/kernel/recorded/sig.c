// SPDX-License-Identifier: MIT
#include "t.h"
static ul seed;
static ul rnd(ul n) { seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17; return (seed >> 11) % n; }
static const int sigs[] = {10, 12, 34, 35, 17, 23, 18, 11, 5, 8, 64, 1};
static int depth;
static long pid, tid;
static u8 alt[16384];
static void raise_(int s) { long r = rnd(2) ? S(NR_kill, pid, s) : S(NR_tgkill, pid, tid, s); (void)r; }
static void pend(const char *w) { ul p = 0, m = 0; S(127, &p, 8); S(NR_sigprocmask, 0, 0, &m, 8); say("%s pending %x mask %x\n", w, p, m); }
static void h(int s, void *i, void *c)
{
    ul m; S(NR_sigprocmask, 0, 0, &m, 8);
    u8 *sp = (u8 *)&m;
    ul st[3]; S(NR_sigaltstack, 0, st);
    say("%d handler %d code %d pid %s mask %x ucmask %x alt %d %x uc %x\n", depth, s, SI_CODE(i), ((int *)i)[4] == pid ? "own" : "-", m, ((ul *)c)[37], sp >= alt && sp < alt + sizeof alt, st[1], ((ul *)c)[3] & 0xffffffff);
    depth++;
    if (depth < 4 && rnd(3) == 0) raise_(sigs[rnd(12)]);
    if (rnd(6) == 0) ((ul *)c)[37] ^= 1UL << (sigs[rnd(12)] - 1);
    depth--;
    say("%d leave %d\n", depth, s);
}
int run(int argc, char **argv)
{
    for (char *p = argv[1]; *p; p++) seed = seed * 10 + *p - '0';
    seed = seed * 0x9e3779b97f4a7c15 + 99;
    pid = S(NR_getpid); tid = S(NR_gettid);
    for (int i = 0; i < 12; i++) on(sigs[i], h, 0);
    for (int i = 0; i < 100; i++) {
        int s = sigs[rnd(12)]; int op = rnd(10); ul set = 0; long r = 0;
        for (int k = rnd(4); k >= 0; k--) set |= 1UL << (sigs[rnd(12)] - 1);
        say("-- %d op %d sig %d set %x\n", i, op, s, set);
        switch (op) {
        case 0: case 1: r = S(NR_sigprocmask, rnd(3), &set, 0, 8); break;
        case 2: case 3: case 4: raise_(s); break;
        case 5: { ul fl[] = {0, SA_NODEFER, SA_ONSTACK, 0x80000000UL, 0x10000000UL, SA_NODEFER | SA_ONSTACK}; struct sigact a = { rnd(4) ? h : (void *)1, fl[rnd(6)] | 0x04000004, restorer, rnd(2) ? set : 0 }, o; r = S(NR_sigaction, s, &a, &o, 8); say("old %d flags %x mask %x\n", o.h == h ? 2 : (int)(long)o.h, o.flags, o.mask); break; }
        case 6: { ul st[3] = {(ul)alt, rnd(3) ? 0 : 2, sizeof alt}, o[3] = {0, 0, 0}; r = S(NR_sigaltstack, st, o); say("oss %d %x %x\n", o[0] == (ul)alt, o[1] & 0xffffffff, o[2]); break; }
        case 7: pend("now"); break;
        case 8: { ul ts[2] = {0, 0}; u8 info[128]; memset(info, 0, 128); r = S(128, &set, info, ts, 8); say("timedwait %d: %d %d %d\n", r, ((int *)info)[0], r > 0 ? SI_CODE(info) : 0, r > 0 ? ((int *)info)[4] == pid : 0); break; }
        case 9: { u8 info[128]; memset(info, 0, 128); ((int *)info)[0] = s; SI_CODE(info) = -1; ((int *)info)[4] = pid; ((ul *)info)[3] = 0x1234 + i; r = S(129, pid, s, info); break; }
        }
        say("r %d\n", r);
    }
    ul none = 0; S(NR_sigprocmask, 2, &none, 0, 8);
    pend("end");
    on(10, h, 0);
    long c = fork_();
    if (!c) { pid = S(NR_getpid); tid = S(NR_gettid); pend("child"); S(NR_kill, pid, 10); S(NR_kill, pid, 15); }
    say("status %x\n", reap(c));
    c = fork_();
    if (!c) { struct sigact a = { (void *)0, 0, 0, 0 }; S(NR_sigaction, 11, &a, 0, 8); ul set = 1UL << 10; S(NR_sigprocmask, 0, &set, 0, 8); *(volatile int *)0 = 1; }
    say("status %x\n", reap(c));
    return 0;
}
