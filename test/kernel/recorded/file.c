// SPDX-License-Identifier: MIT
#include "t.h"
static ul seed;
static ul rnd(ul n) { seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17; return (seed >> 11) % n; }
static const char *names[] = {"a", "b", "d", "d/a", "d/b", "l", "d/e", "./d/../a", "d/", "a/x", "l/a", "", "d/e/f", "//", "..", "d/."};
static u8 b[9000], m[9000];
static ul sum(u8 *p, long n) { ul s = 5381; for (long i = 0; i < n; i++) s = s * 33 + p[i]; return s; }
int run(int argc, char **argv)
{
    for (char *p = argv[1]; *p; p++) seed = seed * 10 + *p - '0';
    seed = seed * 0x9e3779b97f4a7c15 + 99;
    S(95, 022); S(80, "/c");
    for (int i = 0; i < 160; i++) {
        int op = rnd(24), fd = 3 + rnd(5), fd2 = 3 + rnd(6); const char *n = names[rnd(16)], *n2 = names[rnd(16)]; long r = 0, len = rnd(3) ? rnd(300) : rnd(9000);
        for (int k = 0; k < 64; k++) b[k] = rnd(256); for (long k = 64; k < len; k++) b[k] = b[k & 63] + k;
        switch (op) {
        case 0: case 1: case 2: { int fl[] = {0, 1, 2, 0x42, 0x241, 0x442, 0xc2, 0x10000, 0x200042 & ~0x200000, 0x20000}; int f = fl[rnd(10)]; r = S(NR_open, n, f, 0666); say("open %s %x\n", n, f); if (r > 12) { S(NR_close, r); r = -24; } break; }
        case 3: r = S(NR_close, fd); break;
        case 4: case 5: r = S(NR_write, fd, b, len); break;
        case 6: case 7: memset(m, 0, 9000); r = S(NR_read, fd, m, len); if (r > 0) say("sum %x\n", sum(m, r)); break;
        case 8: { long o = (long)rnd(5000) - 1000; r = S(8, fd, o, rnd(3)); break; }
        case 9: memset(m, 0, 9000); r = S(NR_pread, fd, m, len, rnd(6000)); if (r > 0) say("sum %x\n", sum(m, r)); break;
        case 10: r = S(18, fd, b, len, rnd(6000)); break;
        case 11: r = S(77, fd, rnd(8000)); break;
        case 12: r = S(33, fd, fd2); break;
        case 13: r = S(83, n, 0777); say("mkdir %s\n", n); break;
        case 14: r = S(84, n); say("rmdir %s\n", n); break;
        case 15: r = S(87, n); say("unlink %s\n", n); break;
        case 16: r = S(82, n, n2); say("rename %s %s\n", n, n2); break;
        case 17: r = S(86, n, n2); say("link %s %s\n", n, n2); break;
        case 18: r = S(88, n, n2); say("symlink %s %s\n", n, n2); break;
        case 19: case 20: { ul st[18]; memset(st, 0, sizeof st); r = S(op == 19 ? 4 : 6, n, st); int mode = ((int *)st)[6]; say("stat %s mode %x size %d nlink %d\n", n, mode, (mode & 0xf000) == 0x4000 ? 0 : st[6], (mode & 0xf000) == 0x4000 ? 0 : st[2]); break; }
        case 21: memset(m, 0, 300); r = S(89, n, m, 300); say("readlink %s %s\n", n, m); break;
        case 22: r = S(21, n, rnd(8)); say("access %s\n", n); break;
        case 23: { /* map and look */
            ul prot = 1 + 2 * rnd(2), sh = 1 + rnd(2); u8 *p = (u8 *)mmap(0, 8192, prot, sh, fd, 4096 * rnd(2)); r = (long)p < 0 ? (long)p : 0;
            if (r == 0) { long q = S(NR_write, 999, 0, 0); long w = -1; for (int k = 0; k < 2; k++) { w = S(18, fd, p + 4096 * k, 0, 0); static u8 t[16]; long z = S(NR_pread, fd, t, 16, 4096 * k); long ok = S(NR_open, p + 4096 * k, 0); say("page %d %d\n", k, ok == -14 ? 1 : 0); if (ok >= 0) S(NR_close, ok); if (ok != -14) { say("sum %x\n", sum(p + 4096 * k, 4096)); if (prot & 2) p[4096 * k + 5] = i; } (void)z; }
                S(NR_munmap, p, 8192); (void)q; (void)w; }
            break; }
        }
        say("%d op %d fd %d len %d r %d\n", i, op, fd, len, r);
    }
    return 0;
}
