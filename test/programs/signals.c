// Handlers: restarting and interrupted calls, an alternate stack, masks, fault addresses, nesting.
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile sig_atomic_t handled, on_alternate;
static char alternate[65536];
static sigjmp_buf back;

static void count(int signal) { handled += signal; }

static void overflow(int signal, siginfo_t *info, void *context) {
  char here;
  on_alternate = &here >= alternate && &here < alternate + sizeof alternate;
  printf("signal %d code %d, %s\n", signal, info->si_code, context ? "with context" : "without");
  siglongjmp(back, 1);
}

static void skip(int signal, siginfo_t *info, void *context) {
  ucontext_t *registers = context;
  printf("signal %d at %p\n", signal, signal == SIGSEGV ? info->si_addr : NULL);
  registers->uc_mcontext.gregs[REG_RIP] = registers->uc_mcontext.gregs[REG_RBX];
}

__attribute__((noinline)) static int recurse(int depth) {
  volatile char room[4096];
  room[0] = (char)depth;
  return recurse(depth + 1) + room[0];
}

static void on(int signal, int flags, void *handler) {
  struct sigaction action = { .sa_flags = flags };
  sigemptyset(&action.sa_mask);
  action.sa_sigaction = (void (*)(int, siginfo_t *, void *))handler;
  sigaction(signal, &action, NULL);
}

/** Reads a byte that a child writes after having sent a signal. */
static void read_while_signalled(int flags) {
  int ends[2];
  char byte = '-';
  if (pipe(ends) != 0) exit(1);
  on(SIGUSR1, flags, count);
  const pid_t child = fork();
  if (child == 0) {
    const struct timespec pause = { 0, 50000000 };
    nanosleep(&pause, NULL);
    kill(getppid(), SIGUSR1);
    nanosleep(&pause, NULL);
    _exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
  }
  const ssize_t got = read(ends[0], &byte, 1);
  printf("%zd %c %s\n", got, byte, got < 0 && errno == EINTR ? "interrupted" : "read");
  waitpid(child, NULL, 0);
  close(ends[0]);
  close(ends[1]);
}

int main(void) {
  read_while_signalled(SA_RESTART);
  read_while_signalled(0);

  sigset_t set, old;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  on(SIGUSR2, 0, count);
  sigprocmask(SIG_BLOCK, &set, &old);
  const int before = handled;
  raise(SIGUSR2);
  raise(SIGUSR2);
  sigpending(&set);
  printf("blocked %d pending %d\n", handled - before, sigismember(&set, SIGUSR2));
  sigprocmask(SIG_SETMASK, &old, NULL);
  printf("after %d\n", handled - before);

  const stack_t stack = { .ss_sp = alternate, .ss_size = sizeof alternate };
  sigaltstack(&stack, NULL);
  on(SIGSEGV, SA_SIGINFO | SA_ONSTACK, overflow);
  if (sigsetjmp(back, 1) == 0) recurse(0);
  printf("on the alternate stack: %d\n", on_alternate);

  on(SIGSEGV, SA_SIGINFO, skip);
  asm volatile("lea 1f(%%rip), %%rbx\n\tmovl $1, 0x123\n1:" ::: "rbx", "memory");
  on(SIGILL, SA_SIGINFO, skip);
  asm volatile("lea 1f(%%rip), %%rbx\n\tmov %%rbx, %%rbx\n\tjmp 2f\n2:ud2\n1:" ::: "rbx", "memory");
  on(SIGFPE, SA_RESETHAND, count);
  raise(SIGFPE);
  struct sigaction now;
  sigaction(SIGFPE, NULL, &now);
  printf("%d\n", now.sa_handler == SIG_DFL);
  fflush(stdout);
  volatile int zero = 0;
  return 1 / zero;
}
