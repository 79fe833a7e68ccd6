// SPDX-License-Identifier: MIT
// Sockets of AF_UNIX and of the internet, as far as it is this machine.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHOW(call) do { errno = 0; long result_ = (long)(call); printf("%s = %ld %s\n", #call, result_, result_ < 0 ? strerror(errno) : ""); fflush(stdout); } while (0)
#define ANY ((struct sockaddr *)&any)

static union { struct sockaddr_in four; struct sockaddr_in6 six; struct sockaddr_un local; } any;
static socklen_t length;
static char bytes[1000];

static int ready(int socket) {
  struct pollfd one = { socket, POLLIN | POLLOUT | POLLRDHUP, 0 };
  return poll(&one, 1, 0) <= 0 ? 0 : one.revents;
}

static int option(int socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return getsockopt(socket, level, name, &value, &size) ? -errno : value;
}

/** A listening socket of the loopback; its address is in `any` then. */
static int listener(void) {
  memset(&any, 0, sizeof any);
  any.four.sin_family = AF_INET;
  any.four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  length = sizeof any.four;
  int server = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(bind(server, ANY, length));
  SHOW(ready(server));
  SHOW(listen(server, 3));
  SHOW(getsockname(server, ANY, &length));
  SHOW(any.four.sin_port != 0);
  return server;
}

static void *client(void *word) {
  int own = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(own, ANY, sizeof any.four)) return "cannot connect";
  write(own, word, strlen(word));
  shutdown(own, SHUT_WR);
  static char answer[100];
  int have = 0, got;
  while ((got = read(own, answer + have, 99 - have)) > 0) have += got;
  answer[have] = 0;
  close(own);
  return answer;
}

static void connections(void) {
  int server = listener(), other;
  struct sockaddr_in from;
  for (int round = 0; round < 3; round++) {
    pthread_t thread;
    pthread_create(&thread, 0, client, round == 1 ? "second" : "another");
    socklen_t size = sizeof from;
    SHOW((other = accept4(server, (void *)&from, &size, SOCK_CLOEXEC)) >= 0);
    printf("%s %d\n", inet_ntoa(from.sin_addr), size);
    for (int got; (got = read(other, bytes, 100)) > 0; write(other, bytes, got))
      for (int at = 0; at < got; at++) bytes[at] ^= 32;
    close(other);
    void *said;
    pthread_join(thread, &said);
    puts(said);
  }
  int own = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(ready(own));
  SHOW(write(own, "x", 1));
  SHOW(read(own, bytes, 1));
  fcntl(own, F_SETFL, O_NONBLOCK);
  SHOW(connect(own, ANY, length));
  SHOW(ready(own));
  SHOW(option(own, SOL_SOCKET, SO_ERROR));
  SHOW(connect(own, ANY, length));
  SHOW(connect(own, ANY, length));
  other = accept(server, 0, 0);
  SHOW(read(own, bytes, 1));
  SHOW(write(other, "abcdef", 6));
  int waiting;
  SHOW(ioctl(own, FIONREAD, &waiting));
  SHOW(waiting);
  SHOW(recv(own, bytes, 3, MSG_PEEK));
  struct iovec two[2] = { { bytes, 2 }, { bytes + 10, 3 } };
  SHOW(readv(own, two, 2));
  SHOW(ready(own));
  close(other);
  SHOW(ready(own));
  SHOW(read(own, bytes, 10));
  SHOW(read(own, bytes, 10));
  SHOW(write(own, "x", 1));
  usleep(10000);
  SHOW(write(own, "x", 1));
  close(own);
  own = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(connect(own, ANY, length));
  other = accept(server, 0, 0);
  write(other, "not read", 8);
  close(own);
  usleep(10000);
  SHOW(ready(other));
  SHOW(read(other, bytes, 1));
  SHOW(read(other, bytes, 1));
  close(server);
  own = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(connect(own, ANY, length));
  SHOW(setsockopt(own, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)));
  SHOW(option(own, IPPROTO_TCP, TCP_NODELAY) != 0);
  SHOW(option(own, SOL_SOCKET, SO_TYPE));
  SHOW(option(own, SOL_SOCKET, SO_DOMAIN));
  SHOW(option(own, SOL_SOCKET, SO_PROTOCOL));
  SHOW(accept(own, 0, 0));
  SHOW(shutdown(own, SHUT_RD));
}

static void datagrams(void) {
  int one = socket(AF_INET, SOCK_DGRAM, 0), two = socket(AF_INET, SOCK_DGRAM, 0);
  memset(&any, 0, sizeof any);
  any.four.sin_family = AF_INET;
  length = sizeof any.four;
  SHOW(bind(one, ANY, length));
  getsockname(one, ANY, &length);
  any.four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SHOW(send(two, "nobody", 6, 0));
  SHOW(connect(two, ANY, length));
  SHOW(send(two, "datagram", 8, 0));
  SHOW(recvfrom(one, bytes, 4, MSG_TRUNC, ANY, &length));
  puts(inet_ntoa(any.four.sin_addr));
  SHOW(sendto(one, "reply", 5, 0, ANY, length));
  SHOW(recv(two, bytes, 10, 0));
  SHOW(send(two, "", 0, 0));
  SHOW(ready(one));
  SHOW(recv(one, bytes, 10, 0));
  SHOW(recv(one, bytes, 10, MSG_DONTWAIT));
  close(one);
  SHOW(send(two, "x", 1, 0));
  usleep(10000);
  SHOW(send(two, "x", 1, 0));
  SHOW(listen(two, 1));
}

static void passed(void) {
  int pair[2];
  SHOW(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
  char room[CMSG_SPACE(2 * sizeof(int))];
  struct iovec piece = { "packet", 6 };
  struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room };
  if (fork() == 0) {
    memset(room, 0, sizeof room);
    struct cmsghdr *first = CMSG_FIRSTHDR(&message);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(2 * sizeof(int));
    memcpy(CMSG_DATA(first), (int[]){ open("/dev/null", O_RDWR), 1 }, 2 * sizeof(int));
    sendmsg(pair[0], &message, 0);
    send(pair[0], "the second one", 14, 0);
    _exit(0);
  }
  wait(0);
  piece = (struct iovec){ bytes, 4 };
  SHOW(recvmsg(pair[1], &message, MSG_CMSG_CLOEXEC));
  SHOW(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC));
  SHOW(message.msg_controllen);
  int got[2];
  memcpy(got, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof got);
  SHOW(fcntl(got[0], F_GETFD));
  write(got[1], "through another descriptor\n", 27);
  SHOW(recv(pair[1], bytes, 5, MSG_TRUNC));
  SHOW(recv(pair[1], bytes, 5, MSG_DONTWAIT));
  struct ucred who;
  length = sizeof who;
  SHOW(getsockopt(pair[1], SOL_SOCKET, SO_PEERCRED, &who, &length));
  SHOW(who.pid == getpid());
}

static void named(const char *path) {
  memset(&any, 0, sizeof any);
  any.local.sun_family = AF_UNIX;
  strcpy(any.local.sun_path, path);
  length = sizeof any.local;
  int server = socket(AF_UNIX, SOCK_STREAM, 0), own = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(listen(server, 1));
  SHOW(connect(own, ANY, length));
  SHOW(bind(server, ANY, length));
  SHOW(connect(own, ANY, length));
  SHOW(listen(server, 1));
  SHOW(connect(own, ANY, length));
  int other = accept(server, 0, 0);
  struct stat about;
  SHOW(stat(path, &about));
  SHOW(S_ISSOCK(about.st_mode));
  SHOW(open(path, O_RDONLY));
  SHOW(ready(other));
  struct timeval time = { 0, 20000 };
  SHOW(setsockopt(other, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
  SHOW(recv(other, bytes, 1, 0));
  SHOW(write(other, "ab", 2));
  SHOW(close(own));
  SHOW(ready(other));
  SHOW(read(other, bytes, 5));
  SHOW(read(other, bytes, 5));
  SHOW(send(other, "x", 1, MSG_NOSIGNAL));
  close(server);
  own = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(connect(own, ANY, length));
  SHOW(bind(own, ANY, length));
  unlink(path);
  int pair[2];
  SHOW(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  SHOW(send(pair[0], "one", 3, 0));
  SHOW(send(pair[0], "two", 3, 0));
  SHOW(recv(pair[1], bytes, 2, 0));
  SHOW(recv(pair[1], bytes, 20, 0));
  close(pair[1]);
  SHOW(send(pair[0], "x", 1, 0));
  SHOW(socket(AF_INET, SOCK_SEQPACKET, 0));
  SHOW(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  char path[] = "/tmp/trapline-XXXXXX";
  mkdir("/tmp", 0755);
  close(mkstemp(path));
  unlink(path);
  connections();
  datagrams();
  passed();
  named(path);
}
