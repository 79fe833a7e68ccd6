// SPDX-License-Identifier: MIT
// Named pipes.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *name;

#define TELL(what, call) do { errno = 0; long got = (long)(call); printf("%s: %ld %s\n", what, got, got < 0 ? strerror(errno) : ""); } while (0)

static pid_t child(void (*work)(void)) {
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    work();
    fflush(stdout);
    _exit(0);
  }
  return pid;
}

static void writes(void) {
  int end = open(name, O_WRONLY);
  for (int part = 0; part < 3; part++) write(end, "part\n", 5);
}

static void reads(void) {
  char text[64];
  int end = open(name, O_RDONLY);
  long got, all = 0;
  while ((got = read(end, text, sizeof text)) > 0) all += got;
  printf("child read %ld\n", all);
}

static void interrupt(int signal) { (void)signal; }

static int events(int descriptor) {
  struct pollfd one = { descriptor, POLLIN | POLLOUT, 0 };
  poll(&one, 1, 0);
  return one.revents;
}

int main(void) {
  char place[] = "/tmp/pipes-XXXXXX";
  mkdir("/tmp", 0777);
  if (!mkdtemp(place)) return 1;
  chdir(place);
  name = "pipe";
  umask(022);
  TELL("make", mkfifo(name, 0666));
  TELL("make again", mkfifo(name, 0666));
  struct stat status;
  stat(name, &status);
  printf("mode %o, size %ld, links %ld\n", status.st_mode, (long)status.st_size, (long)status.st_nlink);
  TELL("plain file", mknod("file", S_IFREG | 0600, 0));
  stat("file", &status);
  printf("mode %o\n", status.st_mode);

  pid_t writer = child(writes);
  char text[64];
  int end = open(name, O_RDONLY);
  long got, all = 0;
  while ((got = read(end, text, sizeof text)) > 0) all += got;
  printf("read %ld, then %ld\n", all, got);
  close(end);
  waitpid(writer, 0, 0);

  pid_t reader = child(reads);
  end = open(name, O_WRONLY);
  write(end, "seven\n", 7);
  close(end);
  waitpid(reader, 0, 0);

  TELL("write end alone", open(name, O_WRONLY | O_NONBLOCK));
  end = open(name, O_RDONLY | O_NONBLOCK);
  printf("read end alone, events %d\n", events(end));
  TELL("read", read(end, text, 1));
  int other = open(name, O_WRONLY | O_NONBLOCK);
  printf("both, events %d\n", events(end));
  TELL("read", read(end, text, 1));
  write(other, "x", 1);
  printf("full, events %d\n", events(end));
  close(other);
  printf("left, events %d\n", events(end));
  TELL("read", read(end, text, 1));
  printf("empty, events %d\n", events(end));
  close(end);

  int both = open(name, O_RDWR);
  write(both, "kept", 4);
  printf("read and write, events %d\n", events(both));
  close(both);
  both = open(name, O_RDWR | O_NONBLOCK);
  TELL("read what was dropped with the last end", read(both, text, 4));
  close(both);

  struct sigaction action = { .sa_handler = interrupt };
  sigaction(SIGALRM, &action, 0);
  alarm(1);
  TELL("interrupted", open(name, O_RDONLY));
  signal(SIGPIPE, SIG_IGN);
  end = open(name, O_RDONLY | O_NONBLOCK);
  other = open(name, O_WRONLY);
  close(end);
  TELL("write for nobody", write(other, "x", 1));
  printf("events %d\n", events(other));

  int two[2];
  pipe(two);
  write(two[1], "kept", 4);
  TELL("read into nowhere", read(two[0], (void *)8, 4));
  TELL("what it has left", read(two[0], text, 4));
  char *page = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(page + 4096, 4096);
  TELL("write half", write(two[1], page + 4090, 12));
  fcntl(two[0], F_SETFL, O_NONBLOCK);
  TELL("nothing of it", read(two[0], text, 4));
  write(two[1], "0123456789", 10);
  TELL("read half", readv(two[0], (struct iovec[]){ { text, 2 }, { page + 4092, 8 } }, 2));
  TELL("all is left", read(two[0], text, 64));

  unlink(name);
  unlink("file");
  chdir("/");
  TELL("clean", rmdir(place));
  return 0;
}
