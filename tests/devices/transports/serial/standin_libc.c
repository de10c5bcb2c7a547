// A C library whose pseudo terminal has what only a real port has: a frame, modem lines, counts. What is
// not here comes from the C library that this one is linked with.
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <fcntl.h>
#include <asm/termbits.h>
#include <asm/ioctls.h>
#include <linux/serial.h>

#define MOST 256
static struct termios2 termios;
static int lines, exclusive, flags, output, open_error;
static unsigned refused, rate;
static unsigned long seen[MOST];
static int count;

void standin_reset(int excl, unsigned refuse, unsigned baud, int waiting, int error) {
  memset(&termios, 0, sizeof termios);
  termios.c_cflag = CRTSCTS | B9600 | CS7;
  termios.c_lflag = ICANON | ECHO;
  termios.c_line = 3;
  lines = 0x04 | 0x20 | 0x80; // RTS, CTS, RI
  exclusive = excl;
  refused = refuse;
  rate = baud;
  output = waiting;
  open_error = error;
  flags = 0x40;
  count = 0;
}

// The requests in order, and then the state.
int standin_seen(unsigned *requests, int most) {
  int i = 0;
  for (; i < count && i < most; i++) requests[i] = (unsigned)seen[i];
  return i;
}
void standin_state(unsigned *state) {
  state[0] = termios.c_cflag;
  state[1] = lines;
  state[2] = exclusive;
  state[3] = flags;
  state[4] = termios.c_iflag;
  state[5] = termios.c_lflag;
  state[6] = termios.c_line;
}

char *realpath(const char *path, char *resolved) { return strcpy(resolved, path); }

int open(const char *path, int how, ...) {
  if (open_error && (how & O_RDWR)) { errno = open_error; return -1; }
  return syscall(SYS_openat, AT_FDCWD, path, how, 0);
}

int ioctl(int fd, unsigned long request, ...) {
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  request &= 0xffffffff;
  if (count < MOST) seen[count++] = request;
  switch (request) {
    case TCGETS2: memcpy(argument, &termios, sizeof termios); return 0;
    case TCSETS2:
      memcpy(&termios, argument, sizeof termios);
      termios.c_cflag &= ~refused;
      if (rate) termios.c_ispeed = termios.c_ospeed = rate;
      return syscall(SYS_ioctl, fd, request, argument);
    case TIOCMGET: *(int *)argument = lines; return 0;
    case TIOCMBIS: lines |= *(int *)argument; return 0;
    case TIOCMBIC: lines &= ~*(int *)argument; return 0;
    case TIOCGEXCL: *(int *)argument = exclusive; return 0;
    case TIOCEXCL: exclusive = 1; return 0;
    case TIOCNXCL: exclusive = 0; return 0;
    case TIOCGSERIAL: memset(argument, 0, sizeof(struct serial_struct));
      ((struct serial_struct *)argument)->flags = flags; return 0;
    case TIOCSSERIAL: flags = ((struct serial_struct *)argument)->flags; return 0;
    case TIOCGICOUNT: {
      struct serial_icounter_struct *c = argument;
      c->frame = 1; c->overrun = 2; c->parity = 3; c->brk = 4; c->buf_overrun = 5;
      return 0;
    }
    case TIOCOUTQ: *(int *)argument = output; if (output > 0) output--; return 0;
    case TIOCSBRK: case TIOCCBRK: return 0;
  }
  return syscall(SYS_ioctl, fd, request, argument);
}
