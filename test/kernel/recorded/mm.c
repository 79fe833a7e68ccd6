// SPDX-License-Identifier: MIT
#include "t.h"
static ul seed;
static ul rnd(ul n) { seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17; return (seed >> 11) % n; }
static void maps(void)
{
    static char b[65536];
    long fd = S(NR_open, "/proc/self/maps", 0, 0), n = 0, r;
    while ((r = S(NR_read, fd, b + n, sizeof b - 1 - n)) > 0) n += r;
    S(NR_close, fd);
    for (long i = 0; i < n;) {
        long e = i, s = i; while (b[e] != '\n') e++;
        /* range rights offset, skip dev inode, name's last component */
        int f = 0; long c = i;
        while (c < e && f < 3) { if (b[c] == ' ') f++; c++; }
        b[c - 1] = 0;
        long l = e; while (l > c && b[l - 1] != ' ' && b[l - 1] != '/') l--;
        b[e] = 0;
        say("%s %s\n", b + s, b + l);
        i = e + 1;
    }
}
#define B 0x10000000UL
static long ck(volatile u8 *p) { return *p; }
int run(int argc, char **argv)
{
    for (char *p = argv[1]; *p; p++) seed = seed * 10 + *p - '0';
    seed = seed * 0x9e3779b97f4a7c15 + 12345;
    long fd = exe(), fd2 = exe();
    static const int prots[] = {0, 1, 3, 5, 3, 1, 7};
    for (int i = 0; i < 60; i++) {
        ul at = B + rnd(24) * 4096, len = (1 + rnd(6)) * 4096; long r = 0; int op = rnd(13); ul x = 0;
        switch (op) {
        case 0: case 1: r = mmap(at, len, prots[rnd(7)], MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0); break;
        case 2: x = rnd(3) * 4096; r = mmap(at, len, prots[rnd(4)], MAP_PRIVATE | MAP_FIXED, rnd(2) ? fd : fd2, x); break;
        case 3: r = S(NR_munmap, at, len); break;
        case 4: case 5: case 6: r = S(NR_mprotect, at, len, prots[rnd(7)]); break;
        case 7: r = S(NR_mremap, at, len, (1 + rnd(7)) * 4096, 1 + 2 * rnd(2), B + (24 + rnd(8)) * 4096); break;
        case 8: r = S(NR_madvise, at, len, rnd(3) ? 4 : 10 + rnd(2)); break;
        case 9: r = mmap(rnd(2) ? at : 0, len, prots[rnd(7)], MAP_PRIVATE | MAP_ANON, -1, 0); break;
        case 10: r = S(12, rnd(2) ? 0 : S(12, 0) + rnd(3) * 4096 - 4096); break;
        case 11: r = mmap(at, len, prots[rnd(4)] & 3, MAP_SHARED | MAP_ANON | MAP_FIXED, -1, 0); break;
        case 12: { /* touch through a system call: read(2) into it, or write(2) from it */
            for (ul k = at; k < at + len; k += 4096) { long q = S(NR_pread, fd, k, 8, 0); r = r * 3 + (q > 0 ? 1 : q == 0 ? 0 : 2); }
            break; }
        }
        say("op %d at %x len %x r %x\n", op, at, len, r);
        if (i % 6 == 5) maps();
    }
    long pid = fork_();
    if (!pid) {
        for (int i = 0; i < 20; i++) {
            ul at = B + rnd(24) * 4096, len = (1 + rnd(6)) * 4096; long r; int op = rnd(4);
            if (op == 0) r = mmap(at, len, prots[rnd(7)], MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0);
            else if (op == 1) r = S(NR_munmap, at, len);
            else if (op == 2) r = S(NR_mprotect, at, len, prots[rnd(7)]);
            else { r = 0; for (ul k = at; k < at + len; k += 4096) { long q = S(NR_pread, fd, k, 8, 0); r = r * 3 + (q > 0 ? 1 : 2); } }
            say("child op %d at %x len %x r %x\n", op, at, len, r);
            maps();
        }
        return 0;
    }
    reap(pid);
    maps();
    return 0;
}
