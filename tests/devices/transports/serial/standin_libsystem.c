// macOS's system library on Linux: its structures, numbers and names, over a Linux pseudo terminal. With
// PADDED it takes arguments as Apple's arm64 does: those that vary after six that fill the registers.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

struct mac_termios {
  uint64_t c_iflag, c_oflag, c_cflag, c_lflag;
  uint8_t c_cc[20];
  uint64_t c_ispeed, c_ospeed;
};
struct mac_kevent {
  uint64_t ident; int16_t filter; uint16_t flags; uint32_t fflags; int64_t data; void *udata;
};
struct mac_dirent {
  uint64_t d_ino, d_seekoff; uint16_t d_reclen, d_namlen; uint8_t d_type; char d_name[1024];
};

static struct mac_termios settings;
static int lines, exclusive, broken, flushed, started, dropped;
static uint64_t speed;
static int queue = -1, bell = -1;
static uint8_t watched[4096];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void standin_reset(uint64_t drop) {
  memset(&settings, 0, sizeof settings);
  settings.c_cflag = 0x30000;
  settings.c_lflag = 0x108;
  lines = 4 | 0x20;
  exclusive = broken = flushed = started = 0;
  dropped = drop;
  speed = 0;
}
void standin_state(uint64_t *state) {
  uint64_t all[] = {settings.c_iflag, settings.c_cflag, settings.c_lflag, settings.c_ispeed,
    settings.c_ospeed, speed, lines, exclusive, broken, flushed, started,
    settings.c_cc[16] | settings.c_cc[17] << 8 | settings.c_cc[12] << 16 | settings.c_cc[13] << 24};
  memcpy(state, all, sizeof all);
}

int *__error(void) {
  static __thread int code;
  code = errno == EAGAIN ? 35 : errno;
  return &code;
}

int open(const char *path, int how, ...) {
  int flags = how == 0x1020006 ? O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    : how == 0x1000000 ? O_CLOEXEC : -1;
  if (flags < 0) { errno = EINVAL; return -1; }
  return syscall(SYS_openat, AT_FDCWD, path, flags, 0);
}

int close(int fd) {
  if (fd == queue) { syscall(SYS_close, bell); queue = bell = -1; }
  return syscall(SYS_close, fd);
}

static int on_device(int fd, unsigned long request, void *argument) {
  int known = 1;
  struct termios real;
  switch (request) {
    case 0x40487413:
      if (tcgetattr(fd, &real) < 0) return -1;
      memcpy(argument, &settings, sizeof settings);
      break;
    case 0x80487414:
      memcpy(&settings, argument, sizeof settings);
      settings.c_cflag &= ~(uint64_t)dropped;
      tcgetattr(fd, &real);
      cfmakeraw(&real);
      tcsetattr(fd, TCSANOW, &real);
      break;
    case 0x80085402: memcpy(&speed, argument, 8); break;
    case 0x2000740d: exclusive = 1; break;
    case 0x2000740e: exclusive = 0; break;
    case 0x4004746a: memcpy(argument, &lines, 4); break;
    case 0x8004746c: lines |= *(int *)argument; break;
    case 0x8004746b: lines &= ~*(int *)argument; break;
    case 0x2000747b: broken++; break;
    case 0x2000747a: broken += 100; break;
    case 0x2000746e: started++; break;
    case 0x80047410:
      flushed = *(int *)argument;
      tcflush(fd, flushed == 1 ? TCIFLUSH : flushed == 2 ? TCOFLUSH : TCIOFLUSH);
      break;
    case 0x4004667f: return syscall(SYS_ioctl, fd, 0x541b, argument);
    case 0x40047473: return syscall(SYS_ioctl, fd, 0x5411, argument);
    case 0x20007454: break;
    case 0x20007452: { int locked = 0; return syscall(SYS_ioctl, fd, 0x40045431, &locked); }
    case 0x40807453: {
      int number = 0;
      if (syscall(SYS_ioctl, fd, 0x80045430, &number) < 0) return -1;
      snprintf(argument, 128, "/dev/pts/%d", number);
      break;
    }
    default: known = 0;
  }
  if (!known) errno = ENOTTY;
  return known ? 0 : -1;
}

#ifdef PADDED
int ioctl(int fd, unsigned long request, long a, long b, long c, long d, long e, long f,
          void *argument) {
  if (a | b | c | d | e | f) { errno = EINVAL; return -1; }
  return on_device(fd, request, argument);
}
#define NAMED(name)
#else
int ioctl(int fd, unsigned long request, void *argument) {
  return on_device(fd, request, argument);
}
DIR *mac_opendir(const char *path) __asm__("opendir$INODE64");
DIR *mac_opendir(const char *path) { return opendir(path); }
#define NAMED(name) __asm__(name)
#define readdir mac_readdir
#endif

struct dirent *readdir(DIR *stream) NAMED("readdir$INODE64");
struct dirent *readdir(DIR *stream) {
  static struct mac_dirent entry;
  struct dirent64 *found = readdir64(stream);
  if (found == NULL) return NULL;
  entry.d_namlen = strlen(found->d_name);
  strcpy(entry.d_name, found->d_name);
  entry.d_reclen = 21 + entry.d_namlen + 1;
  return (struct dirent *)&entry;
}

int kqueue(void) {
  queue = epoll_create1(EPOLL_CLOEXEC);
  bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = bell};
  epoll_ctl(queue, EPOLL_CTL_ADD, bell, &event);
  return queue;
}

static void watch(int fd) {
  struct epoll_event event = {.data.fd = fd};
  event.events = (watched[fd] & 1 ? EPOLLIN : 0) | (watched[fd] & 2 ? EPOLLOUT : 0);
  epoll_ctl(queue, EPOLL_CTL_DEL, fd, &event);
  if (watched[fd]) epoll_ctl(queue, EPOLL_CTL_ADD, fd, &event);
}

int kevent(int kq, const struct mac_kevent *changes, int count, struct mac_kevent *events,
           int most, const void *timeout) {
  int given = 0;
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < count; i++) {
    const struct mac_kevent *change = &changes[i];
    uint64_t one = 1;
    if (change->filter == -10) {
      if (change->fflags == 0x01000000 && write(bell, &one, 8) < 0) given = -1;
    } else {
      int bit = change->filter == -1 ? 1 : 2;
      if (change->flags == 0x11) watched[change->ident] |= bit;
      else if (change->flags == 2 && watched[change->ident] & bit) watched[change->ident] &= ~bit;
      else { errno = ENOENT; given = -1; break; }
      watch(change->ident);
    }
  }
  pthread_mutex_unlock(&mutex);
  if (most == 0 || given < 0) return given;
  struct epoll_event found[16];
  int ready = epoll_wait(kq, found, most < 16 ? most : 16, -1);
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < ready; i++) {
    int fd = found[i].data.fd;
    uint64_t rung;
    if (fd == bell) {
      if (read(bell, &rung, 8) == 8) {
        events[given++] = (struct mac_kevent){.ident = 0, .filter = -10};
      }
      continue;
    }
    int gone = found[i].events & (EPOLLHUP | EPOLLERR);
    for (int bit = 1; bit <= 2 && given < most; bit++) {
      if (!(watched[fd] & bit)) continue;
      if (!gone && !(found[i].events & (bit == 1 ? EPOLLIN : EPOLLOUT))) continue;
      watched[fd] &= ~bit;
      events[given++] = (struct mac_kevent){.ident = fd, .filter = -bit};
    }
    watch(fd);
  }
  pthread_mutex_unlock(&mutex);
  return given;
}
