// SPDX-License-Identifier: MIT
// System calls of event loops, timers, locks and files, each with what it answers.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SHOW(call) do { errno = 0; long got = (long)(call); printf("%s = %ld %s\n", #call, got, got < 0 ? strerror(errno) : ""); } while (0)

static volatile int alarms;
static void count(int signal) { alarms++; (void)signal; }
static void queued(int signal, siginfo_t *info, void *context) {
  alarms += info->si_value.sival_int;
  (void)signal; (void)context;
}

static void events(void) {
  int counter = eventfd(3, EFD_NONBLOCK);
  uint64_t value = 0;
  SHOW(read(counter, &value, 8));
  printf("value %lu\n", (unsigned long)value);
  SHOW(read(counter, &value, 8));
  value = 0xffffffffffffffffull;
  SHOW(write(counter, &value, 8));
  SHOW(write(counter, &value, 4));
  value = 0xfffffffffffffffeull;
  SHOW(write(counter, &value, 8));
  value = 1;
  SHOW(write(counter, &value, 8));
  SHOW(read(counter, &value, 8));
  int semaphore = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
  for (int at = 0; at < 3; at++) SHOW(read(semaphore, &value, 8));
  int ends[2];
  SHOW(pipe(ends));
  int set = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = { EPOLLIN | EPOLLET, { .u64 = 0x123456789abcdefull } }, found[4];
  SHOW(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event));
  SHOW(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event));
  SHOW(epoll_wait(set, found, 4, 0));
  SHOW(write(ends[1], "ab", 2));
  SHOW(epoll_wait(set, found, 4, -1));
  printf("%x %lx\n", found[0].events, (unsigned long)found[0].data.u64);
  SHOW(epoll_wait(set, found, 4, 0));
  SHOW(write(ends[1], "c", 1));
  SHOW(epoll_wait(set, found, 4, 0));
  event.events = EPOLLOUT | EPOLLONESHOT;
  SHOW(epoll_ctl(set, EPOLL_CTL_ADD, ends[1], &event));
  SHOW(epoll_wait(set, found, 4, 5));
  SHOW(epoll_wait(set, found, 4, 5));
  SHOW(epoll_ctl(set, EPOLL_CTL_MOD, ends[1], &event));
  SHOW(epoll_wait(set, found, 4, 5));
  SHOW(epoll_ctl(set, EPOLL_CTL_DEL, ends[1], NULL));
  SHOW(epoll_ctl(set, EPOLL_CTL_DEL, ends[1], NULL));
  SHOW(epoll_ctl(set, EPOLL_CTL_ADD, set, &event));
  SHOW(epoll_ctl(ends[0], EPOLL_CTL_ADD, set, &event));
  SHOW(epoll_wait(set, found, 0, 0));
  fd_set input, output;
  FD_ZERO(&input); FD_ZERO(&output);
  FD_SET(ends[0], &input); FD_SET(semaphore, &input); FD_SET(ends[1], &output);
  struct timeval wait = { 0, 1000 };
  SHOW(select(40, &input, &output, NULL, &wait));
  printf("%d %d %d\n", FD_ISSET(ends[0], &input), FD_ISSET(semaphore, &input), FD_ISSET(ends[1], &output));
  FD_ZERO(&input); FD_SET(semaphore, &input);
  SHOW(select(40, &input, NULL, NULL, &wait));
  FD_SET(39, &input);
  SHOW(select(40, &input, NULL, NULL, &wait));
  struct pollfd list[3] = { { ends[0], POLLIN, 0 }, { 99, POLLIN, 0 }, { -1, POLLIN, 0 } };
  struct timespec brief = { 0, 1000 };
  SHOW(ppoll(list, 3, &brief, NULL));
  printf("%d %d %d\n", list[0].revents, list[1].revents, list[2].revents);
  close(ends[1]);
  char bytes[4];
  SHOW(read(ends[0], bytes, 4));
  SHOW(poll(list, 1, 0));
  printf("%d\n", list[0].revents);
}

static void timers(void) {
  int timer = timerfd_create(CLOCK_MONOTONIC, 0);
  struct itimerspec spec = { { 0, 2000000 }, { 0, 1000000 } }, old;
  SHOW(timerfd_settime(timer, 0, &spec, &old));
  uint64_t times = 0;
  SHOW(read(timer, &times, 8));
  printf("at least once: %d\n", times >= 1);
  struct pollfd one = { timer, POLLIN, 0 };
  SHOW(poll(&one, 1, 1000));
  spec.it_value.tv_nsec = 0;
  SHOW(timerfd_settime(timer, 0, &spec, &old));
  SHOW(poll(&one, 1, 3));
  struct sigaction action = { .sa_sigaction = queued, .sa_flags = SA_SIGINFO };
  sigaction(SIGRTMIN, &action, NULL);
  struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_int = 7 };
  timer_t posix;
  SHOW(timer_create(CLOCK_MONOTONIC, &event, &posix));
  struct itimerspec once = { { 0, 0 }, { 0, 1000000 } };
  SHOW(timer_settime(posix, 0, &once, NULL));
  while (alarms < 7) usleep(500);
  printf("alarms %d\n", alarms);
  SHOW(timer_gettime(posix, &old));
  printf("%ld %ld\n", (long)old.it_value.tv_sec, old.it_value.tv_nsec);
  SHOW(timer_delete(posix));
  SHOW(syscall(SYS_timer_delete, 77));
  struct timespec now, later;
  clock_gettime(CLOCK_MONOTONIC, &now);
  later = now;
  later.tv_sec++;
  SHOW(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &now, NULL));
  later.tv_nsec = 1000000000;
  SHOW(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &later, NULL));
  signal(SIGALRM, count);
  alarms = 0;
  struct itimerval interval = { { 0, 0 }, { 0, 1000 } };
  SHOW(setitimer(ITIMER_REAL, &interval, NULL));
  SHOW(pause());
  printf("alarms %d\n", alarms);
}

static void signals(void) {
  sigset_t set, none;
  sigemptyset(&none);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  SHOW(sigprocmask(SIG_BLOCK, &set, NULL));
  int file = signalfd(-1, &set, SFD_NONBLOCK);
  struct signalfd_siginfo info[3];
  SHOW(read(file, info, sizeof info));
  raise(SIGUSR2);
  raise(SIGUSR1);
  SHOW(read(file, info, sizeof info));
  printf("%u %u\n", info[0].ssi_signo, info[1].ssi_signo);
  SHOW(read(file, info, 100));
  raise(SIGUSR1);
  siginfo_t taken;
  SHOW(sigtimedwait(&set, &taken, NULL));
  struct timespec brief = { 0, 1000 };
  SHOW(sigtimedwait(&set, &taken, &brief));
  signal(SIGUSR1, count);
  alarms = 0;
  raise(SIGUSR1);
  struct timespec longer = { 5, 0 };
  SHOW(ppoll(NULL, 0, &longer, &none));
  printf("alarms %d\n", alarms);
  siginfo_t sent = { .si_code = SI_QUEUE };
  SHOW(syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGUSR1, &sent));
  SHOW(sigsuspend(&none));
  printf("alarms %d\n", alarms);
}

static void files(const char *folder) {
  char name[200], other[200];
  snprintf(name, sizeof name, "%s/one", folder);
  snprintf(other, sizeof other, "%s/two", folder);
  int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
  struct iovec parts[2] = { { "hello ", 6 }, { "world", 5 } };
  SHOW(pwritev(file, parts, 2, 3));
  char bytes[32] = "";
  SHOW(pread(file, bytes, 30, 0));
  printf("%d %s\n", bytes[0], bytes + 3);
  int second = open(other, O_RDWR | O_CREAT | O_TRUNC, 0600);
  off_t from = 3;
  SHOW(sendfile(second, file, &from, 100));
  printf("%ld\n", (long)from);
  SHOW(copy_file_range(second, &(off_t){ 6 }, file, &(off_t){ 0 }, 5, 0));
  SHOW(lseek(file, 0, SEEK_CUR));
  SHOW(read(file, bytes, 14));
  printf("%.14s\n", bytes);
  SHOW(fallocate(second, 0, 100, 50));
  SHOW(lseek(second, 0, SEEK_END));
  SHOW(fallocate(second, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 3));
  SHOW(pread(second, bytes, 6, 0));
  printf("%d %d %d %d\n", bytes[0], bytes[2], bytes[4], bytes[5]);
  SHOW(ftruncate(second, 4));
  SHOW(truncate(other, 2));
  struct stat state;
  SHOW(fstat(second, &state));
  printf("%ld %o\n", (long)state.st_size, state.st_mode);
  struct timespec both[2] = { { 1, 2 }, { 1000000000, 5 } };
  SHOW(utimensat(AT_FDCWD, name, both, 0));
  SHOW(stat(name, &state));
  printf("%ld %ld\n", (long)state.st_mtim.tv_sec, state.st_mtim.tv_nsec);
  SHOW(syscall(SYS_renameat2, AT_FDCWD, name, AT_FDCWD, other, 1));
  SHOW(syscall(SYS_renameat2, AT_FDCWD, name, AT_FDCWD, other, 0));
  SHOW(linkat(AT_FDCWD, other, AT_FDCWD, name, 0));
  SHOW(faccessat(AT_FDCWD, name, X_OK, AT_EACCESS));
  SHOW(fchmodat(AT_FDCWD, name, 0755, 0));
  SHOW(flock(file, LOCK_EX));
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 10 };
  SHOW(fcntl(file, F_SETLK, &lock));
  fflush(stdout);
  if (fork() == 0) {
    int mine = open(other, O_RDWR);
    SHOW(flock(mine, LOCK_SH | LOCK_NB));
    struct flock asked = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = 6 };
    SHOW(fcntl(mine, F_SETLK, &asked));
    SHOW(fcntl(mine, F_GETLK, &asked));
    printf("%d %ld %ld %d\n", asked.l_type, (long)asked.l_start, (long)asked.l_len, asked.l_pid == getppid());
    asked = (struct flock){ .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10 };
    SHOW(fcntl(mine, F_SETLK, &asked));
    fflush(stdout);
    _exit(3);
  }
  int status;
  siginfo_t info;
  SHOW(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) );
  printf("%d\n", info.si_status);
  wait(&status);
  int memory = memfd_create("name", MFD_CLOEXEC);
  SHOW(ftruncate(memory, 4096));
  int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  *shared = 42;
  SHOW(pread(memory, bytes, 1, 0));
  printf("%d\n", bytes[0]);
  SHOW(syscall(436, memory, memory + 20, 0));
  SHOW(fcntl(memory, F_GETFD));
  unlink(name);
  unlink(other);
}

static void sockets(void) {
  int ends[2];
  SHOW(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
  SHOW(write(ends[0], "one", 3));
  SHOW(send(ends[0], "two", 3, MSG_NOSIGNAL));
  char bytes[20] = "";
  SHOW(recv(ends[1], bytes, 20, 0));
  printf("%s\n", bytes);
  SHOW(recv(ends[1], bytes, 20, MSG_DONTWAIT));
  SHOW(shutdown(ends[0], SHUT_WR));
  SHOW(read(ends[1], bytes, 20));
  SHOW(write(ends[1], "back", 4));
  SHOW(read(ends[0], bytes, 20));
  close(ends[0]);
  SHOW(send(ends[1], "x", 1, MSG_NOSIGNAL));
  struct stat state;
  fstat(ends[1], &state);
  printf("%d\n", S_ISSOCK(state.st_mode));
}

static void rest(void) {
  struct sched_param parameter = { 0 };
  SHOW(sched_getscheduler(0));
  SHOW(sched_getparam(0, &parameter));
  SHOW(sched_get_priority_max(SCHED_FIFO));
  SHOW(sched_get_priority_min(SCHED_RR));
  SHOW(sched_get_priority_max(77));
  SHOW(sched_yield());
  struct rlimit limit = { 100, 200 };
  SHOW(setrlimit(RLIMIT_NPROC, &limit));
  SHOW(getrlimit(RLIMIT_NPROC, &limit));
  printf("%ld %ld\n", (long)limit.rlim_cur, (long)limit.rlim_max);
  limit.rlim_cur = 300;
  SHOW(setrlimit(RLIMIT_NPROC, &limit));
  SHOW(getrlimit(99, &limit));
  struct rusage usage;
  SHOW(getrusage(RUSAGE_SELF, &usage));
  SHOW(getrusage(55, &usage));
  SHOW(getpriority(PRIO_PROCESS, 0));
  SHOW(madvise(NULL, 0, MADV_DONTNEED));
  SHOW(madvise(NULL, 0, 12345));
  SHOW(msync((void *)1, 4096, MS_SYNC));
  SHOW(mincore((void *)1, 4096, NULL));
  SHOW(socket(99, SOCK_STREAM, 0));
}

int main(void) {
  char folder[] = "/tmp/trapline-XXXXXX";
  if (!mkdtemp(folder)) { mkdir("/tmp", 0755); strcpy(folder, "/tmp/trapline-XXXXXX"); if (!mkdtemp(folder)) return 1; }
  events();
  timers();
  signals();
  files(folder);
  sockets();
  rest();
  rmdir(folder);
  return 0;
}
