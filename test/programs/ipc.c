// SPDX-License-Identifier: MIT
// System V segments, semaphores and queues.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TELL(what, call) do { errno = 0; long got = (long)(call); printf("%s: %ld %s\n", what, got, got < 0 ? strerror(errno) : ""); } while (0)
#define IN_CHILD(code) do { fflush(stdout); if ((child = fork()) == 0) { code; fflush(stdout); _exit(0); } } while (0)

static pid_t child;

// The child waits in its call.
static void until_it_waits(void) {
  char path[32], state = 'R';
  sprintf(path, "/proc/%d/stat", child);
  while (state != 'S') {
    FILE *file = fopen(path, "r");
    fscanf(file, "%*d (%*[^)]) %c", &state);
    fclose(file);
    usleep(1000);
  }
}

static void segments(key_t key) {
  struct shmid_ds status;
  int id = shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0640);
  printf("made %d, found %d\n", id >= 0, shmget(key, 100, 0) == id);
  TELL("again", shmget(key, 100, IPC_CREAT | IPC_EXCL));
  TELL("too large", shmget(key, 6000, 0));
  TELL("nothing", shmget(key + 1, 10, 0));
  TELL("empty", shmget(IPC_PRIVATE, 0, IPC_CREAT));
  char *one = shmat(id, 0, 0);
  char *two = shmat(id, 0, SHM_RDONLY);
  strcpy(one, "written");
  printf("seen %s\n", two);
  IN_CHILD(strcpy(one, "by the child"); shmdt(two); TELL("twice", shmdt(two)));
  wait(0);
  printf("seen %s\n", two);
  TELL("status", shmctl(id, IPC_STAT, &status));
  printf("size %ld, mode %o, attached %ld, own %d\n", (long)status.shm_segsz, status.shm_perm.mode & 0777, (long)status.shm_nattch, status.shm_cpid == getpid());
  errno = 0;
  printf("not on a page %d %s\n", shmat(id, one + 4096 * 64 + 1, 0) == (void *)-1, strerror(errno));
  status.shm_perm.mode = 0600;
  TELL("set", shmctl(id, IPC_SET, &status));
  TELL("remove", shmctl(id, IPC_RMID, 0));
  TELL("by key", shmget(key, 1, 0));
  TELL("status", shmctl(id, IPC_STAT, &status));
  printf("mode %o\n", status.shm_perm.mode);
  TELL("detach", shmdt(one));
  printf("still %s\n", two);
  TELL("detach", shmdt(two));
  TELL("gone", shmctl(id, IPC_STAT, &status));
  TELL("nothing there", shmdt((void *)0x10000));
}

static int change(int id, int index, int by, int flags) {
  struct sembuf one = { index, by, flags };
  return semop(id, &one, 1);
}

static void interrupted(int signal) { (void)signal; }

static void semaphores(key_t key) {
  unsigned short values[3];
  struct semid_ds status;
  int id = semget(key, 3, IPC_CREAT | 0600);
  TELL("none", semget(IPC_PRIVATE, 0, IPC_CREAT));
  TELL("more", semget(key, 4, 0));
  TELL("set", semctl(id, 0, SETVAL, 2));
  TELL("too high", semctl(id, 0, SETVAL, 40000));
  struct sembuf both[2] = { { 0, -2, 0 }, { 1, -1, IPC_NOWAIT } };
  TELL("both or none", semop(id, both, 2));
  TELL("value", semctl(id, 0, GETVAL));
  TELL("take", change(id, 0, -1, 0));
  TELL("not zero", change(id, 0, 0, IPC_NOWAIT));
  TELL("overflow", change(id, 0, 32767, 0));
  TELL("no such", change(id, 3, 1, 0));
  struct timespec soon = { 0, 20000000 };
  struct sembuf wait_for = { 2, -1, 0 };
  TELL("in time", semtimedop(id, &wait_for, 1, &soon));
  IN_CHILD(TELL("child waits", change(id, 2, -1, 0)));
  until_it_waits();
  TELL("waiting", semctl(id, 2, GETNCNT));
  TELL("give", change(id, 2, 1, 0));
  wait(0);
  IN_CHILD(change(id, 1, 5, SEM_UNDO); change(id, 0, -1, SEM_UNDO));
  wait(0);
  TELL("all", semctl(id, 0, GETALL, values));
  printf("undone %d %d %d\n", values[0], values[1], values[2]);
  values[1] = 9;
  TELL("set all", semctl(id, 0, SETALL, values));
  TELL("pid", semctl(id, 1, GETPID) == getpid());
  TELL("status", semctl(id, 0, IPC_STAT, &status));
  printf("semaphores %ld\n", (long)status.sem_nsems);
  struct sigaction action = { .sa_handler = interrupted, .sa_flags = SA_RESTART };
  sigaction(SIGALRM, &action, 0);
  alarm(1);
  TELL("interrupted", change(id, 2, -1, 0));
  IN_CHILD(TELL("removed", change(id, 2, -1, 0)));
  until_it_waits();
  TELL("remove", semctl(id, 0, IPC_RMID));
  wait(0);
  TELL("gone", semctl(id, 0, GETVAL));
}

struct message { long type; char text[32]; };

static void queues(key_t key) {
  struct message one = { 3, "three" }, taken;
  struct msqid_ds status;
  int id = msgget(key, IPC_CREAT | 0600);
  TELL("send", msgsnd(id, &one, 6, 0));
  one.type = 1, strcpy(one.text, "one");
  TELL("send", msgsnd(id, &one, 4, 0));
  one.type = 2, strcpy(one.text, "two");
  TELL("send", msgsnd(id, &one, 4, 0));
  TELL("status", msgctl(id, IPC_STAT, &status));
  printf("messages %ld, room %ld, mine %d\n", (long)status.msg_qnum, (long)status.msg_qbytes, status.msg_lspid == getpid());
  TELL("by type", msgrcv(id, &taken, 32, 2, 0));
  printf("got %ld %s\n", taken.type, taken.text);
  TELL("too small", msgrcv(id, &taken, 2, 0, 0));
  TELL("lowest", msgrcv(id, &taken, 32, -5, 0));
  printf("got %ld %s\n", taken.type, taken.text);
  TELL("other type", msgrcv(id, &taken, 2, 1, MSG_EXCEPT | MSG_NOERROR));
  printf("got %ld %.2s\n", taken.type, taken.text);
  TELL("none", msgrcv(id, &taken, 32, 0, IPC_NOWAIT));
  one.type = 0;
  TELL("no type", msgsnd(id, &one, 4, 0));
  TELL("too long", msgsnd(id, &one, 9000, 0));
  status.msg_qbytes = 8;
  TELL("set", msgctl(id, IPC_SET, &status));
  one.type = 1;
  TELL("send", msgsnd(id, &one, 6, 0));
  TELL("full", msgsnd(id, &one, 6, IPC_NOWAIT));
  IN_CHILD(TELL("child sends", msgsnd(id, &one, 6, 0)));
  until_it_waits();
  TELL("receive", msgrcv(id, &taken, 32, 0, 0));
  wait(0);
  TELL("receive", msgrcv(id, &taken, 32, 0, 0));
  IN_CHILD(TELL("removed", msgrcv(id, &taken, 32, 0, 0)));
  until_it_waits();
  TELL("remove", msgctl(id, IPC_RMID, 0));
  wait(0);
  TELL("gone", msgsnd(id, &one, 4, 0));
}

// The title of a table in /proc, and how many lines below it have a key.
static void table(const char *path, key_t key) {
  char line[512];
  int title = 1, count = 0;
  FILE *file = fopen(path, "r");
  while (fgets(line, sizeof line, file)) {
    if (title) printf("%s %s", path, line);
    if (!title && strtol(line, 0, 10) == key) count++;
    title = 0;
  }
  fclose(file);
  printf("%d\n", count);
}

int main(void) {
  key_t key = 0x54000000 | (getpid() & 0x7fffff) << 1;
  int ids[3] = { shmget(key, 1, IPC_CREAT | 0600), semget(key, 1, IPC_CREAT | 0600), msgget(key, IPC_CREAT | 0600) };
  table("/proc/sysvipc/shm", key);
  table("/proc/sysvipc/sem", key);
  table("/proc/sysvipc/msg", key);
  shmctl(ids[0], IPC_RMID, 0), semctl(ids[1], 0, IPC_RMID), msgctl(ids[2], IPC_RMID, 0);
  table("/proc/sysvipc/shm", key);
  segments(key);
  semaphores(key);
  queues(key);
  return 0;
}
