/* A disk that takes 100 ms more to confirm a write, for LD_PRELOAD on Linux. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int after_delay(long call, int fd) {
  const struct timespec delay = {0, 100000000};
  nanosleep(&delay, 0);
  return (int)syscall(call, fd);
}

int fsync(int fd) { return after_delay(SYS_fsync, fd); }
int fdatasync(int fd) { return after_delay(SYS_fdatasync, fd); }
