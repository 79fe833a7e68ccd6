// SPDX-License-Identifier: MIT
#include "t.h"
static ul seed;
static ul rnd(ul n) { seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17; return (seed >> 11) % n; }
#define B 0x10000000UL
static ul resume;
static void h(int s, void *i, void *c)
{
    say("  signal %d code %d addr %x trap %d err %d cr2 %x ip %s\n", s, SI_CODE(i), SI_ADDR(i), UC(c, 20), UC(c, 19), UC(c, 22), UC(c, U_IP) == SI_ADDR(i) ? "addr" : "code");
    UC(c, U_IP) = resume;
    if (UC(c, U_SP) & 8 ? 0 : 0) ;
}
extern u8 ld[], st[], ldx[], stx[], out[];
NI long access_(int kind, ul a)
{
    long r = 0;
    switch (kind) {
    case 0: asm volatile("lea 1f(%%rip),%%rcx\n mov %%rcx,%1\n movzbl (%2),%%eax\n mov %%rax,%0\n1:" : "+r"(r), "=m"(resume) : "r"(a) : "rax", "rcx", "memory"); break;
    case 1: asm volatile("lea 1f(%%rip),%%rcx\n mov %%rcx,%1\n movb $5,(%2)\n mov $1,%0\n1:" : "+r"(r), "=m"(resume) : "r"(a) : "rax", "rcx", "memory"); break;
    case 2: asm volatile("lea 1f(%%rip),%%rcx\n mov %%rcx,%1\n mov 0xffc(%2),%%rax\n mov %%rax,%0\n1:" : "+r"(r), "=m"(resume) : "r"(a) : "rax", "rcx", "memory"); break;
    case 3: asm volatile("lea 1f(%%rip),%%rcx\n mov %%rcx,%1\n movq $7,0xffc(%2)\n mov $1,%0\n1:" : "+r"(r), "=m"(resume) : "r"(a) : "rax", "rcx", "memory"); break;
    case 4: asm volatile("lea 1f(%%rip),%%rcx\n mov %%rcx,%1\n push %%rbx\n mov %%rsp,%%rbx\n call *%2\n mov $1,%0\n1: mov %%rbx,%%rsp\n pop %%rbx" : "+r"(r), "=m"(resume) : "r"(a) : "rax", "rcx", "memory"); break;
    case 5: asm volatile("lea 1f(%%rip),%%rcx\n mov %%rcx,%1\n lock addl $1,(%2)\n mov $1,%0\n1:" : "+r"(r), "=m"(resume) : "r"(a) : "rax", "rcx", "memory"); break;
    case 6: asm volatile("lea 1f(%%rip),%%rcx\n mov %%rcx,%1\n mov %2,%%rdi\n mov $0x1100,%%ecx\n mov $0xc3,%%eax\n rep stosb\n mov $1,%0\n1: mov %%rcx,%0\n" : "+r"(r), "=m"(resume) : "r"(a) : "rax", "rcx", "rdi", "memory"); break;
    case 7: asm volatile("lea 1f(%%rip),%%rcx\n mov %%rcx,%1\n testb $1,(%2)\n mov $1,%0\n1:" : "+r"(r), "=m"(resume) : "r"(a) : "rax", "rcx", "memory"); break;
    }
    return r;
}
int run(int argc, char **argv)
{
    for (char *p = argv[1]; *p; p++) seed = seed * 10 + *p - '0';
    seed = seed * 0x9e3779b97f4a7c15 + 777;
    on(SIGSEGV, h, SA_NODEFER); on(SIGBUS, h, SA_NODEFER); on(SIGILL, h, SA_NODEFER);
    long fd = exe();
    static const int prots[] = {0, 1, 3, 5, 7, 2, 4};
    long pid = -1;
    for (int i = 0; i < 120; i++) {
        ul at = B + rnd(16) * 4096, len = (1 + rnd(4)) * 4096; long r = 0; int op = rnd(12); ul x;
        if (op == 0) r = mmap(at, len, prots[rnd(7)], MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0);
        else if (op == 1) r = mmap(at, len, prots[rnd(4)], MAP_PRIVATE | MAP_FIXED, fd, (1 + rnd(2)) * 4096 * 2);
        else if (op == 2) r = S(NR_munmap, at, len);
        else if (op == 3 || op == 4) r = S(NR_mprotect, at, len, prots[rnd(7)]);
        else if (op == 5) r = mmap(at, len, prots[rnd(3)], MAP_SHARED | MAP_ANON | MAP_FIXED, -1, 0);
        else if (op == 6 && pid < 0 && i > 40) { pid = fork_(); if (pid) { reap(pid); say("parent\n"); } else pid = 1; }
        else { int k = rnd(8); say("access %d %x\n", k, at); r = access_(k, at + (k == 4 ? 0 : rnd(3))); op += 100 + k; }
        say("op %d at %x len %x r %x\n", op, at, len, r);
    }
    static const ul odd[] = {0, 8, 0xfff, 0x7fffffffefff, 0x7ffffffff000, 0x7fffffffffff, 0x800000000000, 0xffff800000000000, 0xffffffffff600000, 0xffffffffff600400, 0xffffffffffffffff, 0x7ffffffde000, 0x7fffffc00000, 0x7fffff800000, 0x7fffff7ff000, 0x7ffff7ffd000, 0x400000, 0x401000};
    for (int i = 0; i < 18; i++) for (int k = 0; k < 6; k++) { if (k == 4 || k == 2 || k == 3) continue; if (odd[i] >= 0x7ffff7ffd000 && odd[i] < 0x7ffff7fff000) continue;
        if (k && odd[i] >= 0x7ffffffde000 && odd[i] < 0x7ffffffff000) continue; if (k && odd[i] == 0x401000) continue; say("odd %x %d\n", odd[i], k); long r = access_(k, odd[i]); say(" r %x\n", k ? r : r != 0); }
    return 0;
}
