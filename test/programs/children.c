// fork, pipes, waiting, exit codes, deaths by signals, exec of itself.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *what, int status) {
  if (WIFEXITED(status)) printf("%s: exit %d\n", what, WEXITSTATUS(status));
  else if (WIFSIGNALED(status)) printf("%s: signal %d\n", what, WTERMSIG(status));
  else printf("%s: %x\n", what, status);
}

int main(int count, char **words) {
  setvbuf(stdout, NULL, _IONBF, 0);
  if (count > 1) {
    printf("again: %s %s\n", words[1], getenv("COLOUR"));
    return 9;
  }
  int ends[2];
  if (pipe(ends) != 0) return 1;
  const pid_t writer = fork();
  if (writer == 0) {
    close(ends[0]);
    char block[1000];
    for (int at = 0; at < 200; at++) {
      memset(block, 'a' + at % 26, sizeof block);
      for (size_t done = 0; done < sizeof block;) done += write(ends[1], block + done, sizeof block - done);
    }
    _exit(3);
  }
  close(ends[1]);
  unsigned long sum = 0, total = 0;
  char block[333];
  for (ssize_t got; (got = read(ends[0], block, sizeof block)) > 0; total += got)
    for (ssize_t at = 0; at < got; at++) sum = sum * 31 + (unsigned char)block[at];
  int status;
  printf("%d ", waitpid(writer, &status, 0) == writer);
  printf("%lu bytes, sum %lx\n", total, sum);
  tell("writer", status);

  const pid_t killed = fork();
  if (killed == 0) for (;;) pause();
  kill(killed, SIGTERM);
  waitpid(killed, &status, 0);
  tell("killed", status);

  const pid_t faulty = fork();
  if (faulty == 0) *(volatile int *)8 = 1;
  waitpid(faulty, &status, 0);
  tell("faulty", status & 0x7f);

  const pid_t again = fork();
  if (again == 0) {
    char *const arguments[] = { words[0], "once", NULL };
    char *const environment[] = { "COLOUR=blue", NULL };
    execve("/proc/self/exe", arguments, environment);
    _exit(errno);
  }
  waitpid(again, &status, 0);
  tell("again", status);
  printf("%d %d\n", wait(&status), errno == ECHILD);

  signal(SIGPIPE, SIG_IGN);
  close(ends[0]);
  if (pipe(ends) != 0) return 1;
  close(ends[0]);
  printf("%zd %d\n", write(ends[1], "x", 1), errno == EPIPE);
  abort();
}
