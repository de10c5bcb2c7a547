// A C library whose /dev/usbtmcN are instruments: the driver of Linux 4.20 and later, or an older one, and behind it
// an instrument that does what the test says. Transfers get on only while somebody waits for them, so that no test
// depends on how fast they are. What is not here comes from the C library that this one is linked with.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <linux/ioctl.h>
#include <linux/usb/tmc.h>

#define PIECE 4096
#define MOST 16
#define FILES 4
#define REPLIES 16

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

// What the test sets.
enum { HOLD = 1, NO_OUT = 2, STALL_OUT = 4, STALL_IN = 8, WRONG_TAG = 16, CUT = 32, NO_CLEAR = 64, SLOW_CLEAR = 128,
  SLOW_STB = 256, NO_SIMPLE = 512, NO_TERM = 1024, LONGER = 2048, WRONG_KIND = 4096, WRONG_SUM = 8192,
  STALL_ONCE = 16384, HALTED = 32768, NO_END = 65536 };
static unsigned flags, version = 3, caps = 7, denied;
static struct { char *query; unsigned char *answer; size_t length; } replies[REPLIES];
static int reply_count;

// Open files, each with a bell that rings in the real epoll.
static struct { int fd, bell; unsigned armed, in; } files[FILES];

// The driver.
// The driver does one thing at a time: who comes meanwhile, also to poll, would wait. These are counted.
static int busy, kept_waiting;
static int gone, srq, srq_byte, stb, in_status, out_status, out_flying, in_flying, done_count, remote, triggers, clears;
static unsigned out_size, timeout = 5000;
static struct { unsigned length; unsigned char bytes[PIECE]; } done[MOST];
static unsigned char held[MOST * PIECE];
static size_t held_length;
static unsigned char termchar, termchar_on, eom, auto_abort;

// The instrument.
static unsigned char out[8 << 20], message[8 << 20], answer[8 << 20], transfer[8 << 20];
static size_t out_length, message_length, answer_at, answer_length, transfer_at, transfer_length;
static int transferring, asked;
static unsigned asked_size, asked_tag, asked_stop;

// What the test looks at.
static unsigned char wire[1 << 20], told[1 << 16];
static size_t wire_length, told_length;
static struct { unsigned request; unsigned char argument[20]; } seen[4096];
static int seen_count;

static void ring(void) {
  for (int i = 0; i < FILES; i++) {
    if (files[i].fd == 0) continue;
    unsigned state = 0;
    if (gone) state = EPOLLHUP | EPOLLERR;
    else {
      if (srq) state |= version > 1 ? EPOLLPRI : EPOLLIN;
      if (version > 1 && !out_flying && !in_flying) state |= EPOLLOUT;
      if (done_count) state |= EPOLLIN;
      if (in_status || out_status) state |= EPOLLERR;
    }
    files[i].in = state & files[i].armed;
    uint64_t one = 1;
    if (files[i].in) syscall(SYS_write, files[i].bell, &one, 8);
    else syscall(SYS_read, files[i].bell, &one, 8);
  }
  pthread_cond_broadcast(&changed);
}

// The instrument takes a message, and has its answer ready.
static void receive(void) {
  size_t n = message_length < sizeof told - told_length ? message_length : sizeof told - told_length;
  memcpy(told + told_length, message, n);
  told_length += n;
  for (int i = 0; i < reply_count; i++) {
    size_t length = strlen(replies[i].query);
    if (length != message_length || memcmp(replies[i].query, message, length)) continue;
    memcpy(answer + answer_length, replies[i].answer, replies[i].length);
    answer_length += replies[i].length;
  }
  message_length = 0;
}

// The instrument begins to send what it was asked for.
static void begin(void) {
  if (!asked || transferring || answer_at == answer_length || (flags & HOLD)) return;
  size_t n = answer_length - answer_at;
  if (n > asked_size) n = asked_size;
  if (asked_stop & 0x100) {
    unsigned char *stop = memchr(answer + answer_at, asked_stop & 0xff, n);
    if (stop) n = stop - (answer + answer_at) + 1;
  }
  unsigned header = n + (flags & LONGER ? asked_size : 0);
  unsigned tag = asked_tag ^ (flags & WRONG_TAG ? 0x80 : 0);
  memset(transfer, 0, 12);
  transfer[0] = flags & WRONG_KIND ? 3 : 2;
  transfer[1] = tag;
  transfer[2] = flags & WRONG_SUM ? tag : ~tag;
  memcpy(transfer + 4, &header, 4);
  transfer[8] = n == answer_length - answer_at && !(flags & NO_END);
  memcpy(transfer + 12, answer + answer_at, n);
  transfer_length = (12 + n + 3) & ~3u;
  memset(transfer + 12 + n, 0xee, transfer_length - 12 - n);
  if (flags & CUT) transfer_length = 12 + n / 2;
  answer_at += n;
  transfer_at = 0;
  transferring = 1;
  asked = 0;
  if (answer_at == answer_length) answer_at = answer_length = 0;
}

// The instrument takes bytes of a transfer.
static void take(const unsigned char *bytes, size_t length) {
  size_t n = length < sizeof wire - wire_length ? length : sizeof wire - wire_length;
  memcpy(wire + wire_length, bytes, n);
  wire_length += n;
  memcpy(out + out_length, bytes, length);
  out_length += length;
  while (out_length >= 12) {
    unsigned size;
    memcpy(&size, out + 4, 4);
    if (out[0] != 1) size = 0;
    size_t whole = (12 + (size_t)size + 3) & ~(size_t)3;
    if (out_length < whole) return;
    if (out[0] == 1) {
      memcpy(message + message_length, out + 12, size);
      message_length += size;
      if (out[8] & 1) receive();
    } else if (out[0] == 2) {
      asked = 1;
      asked_tag = out[1];
      memcpy(&asked_size, out + 4, 4);
      asked_stop = out[8] & 2 ? 0x100 | out[9] : 0;
    }
    memmove(out, out + whole, out_length -= whole);
  }
}

// Transfers get on.
static void progress(void) {
  if (gone) return;
  if (out_flying && (flags & (STALL_OUT | STALL_ONCE))) {
    out_status = -EPIPE;
    flags &= ~STALL_ONCE;
    out_flying = held_length = 0;
  } else if (out_flying && !(flags & NO_OUT)) {
    take(held, held_length);
    out_size += held_length;
    out_flying = held_length = 0;
  }
  begin();
  while (in_flying && transferring) {
    if (flags & STALL_IN) { in_status = -EPIPE; in_flying = 0; done[done_count++].length = 0; return; }
    size_t n = transfer_length - transfer_at;
    if (n > PIECE) n = PIECE;
    done[done_count].length = n;
    memcpy(done[done_count++].bytes, transfer + transfer_at, n);
    transfer_at += n;
    in_flying--;
    if (n < PIECE) transferring = 0; // A short packet, or none of any length, ends it.
  }
}

static void clean(void) {
  out_flying = in_flying = done_count = in_status = out_status = 0;
  held_length = 0;
  out_size = 0;
}

static int transfer_out(struct usbtmc_message *m) {
  if (m->flags & USBTMC_FLAG_APPEND) { if (out_status) return out_status; }
  else out_size = 0, out_status = 0;
  m->transferred = 0;
  while (m->transferred < m->transfer_size) {
    if (out_flying == MOST) return m->transferred ? 0 : -EAGAIN;
    unsigned n = m->transfer_size - m->transferred, aligned;
    if (n > PIECE) n = PIECE;
    aligned = (n + 3) & ~3u;
    memset(held + held_length, 0, aligned);
    memcpy(held + held_length, (char *)m->message + m->transferred, n);
    held_length += aligned;
    out_flying++;
    m->transferred += n;
  }
  return 0;
}

static int transfer_in(struct usbtmc_message *m) {
  unsigned left = m->transfer_size, room = m->transfer_size;
  int again = done_count == 0, result = 0;
  m->transferred = 0;
  if (in_status) { result = in_status; clean(); return result; }
  if (m->flags & USBTMC_FLAG_IGNORE_TRAILER) { if (left % 512 == 0) left += 511; }
  else if (left > PIECE) left = left / PIECE * PIECE;
  int more = (left + PIECE - 1) / PIECE - in_flying - done_count;
  if (more + in_flying + done_count > MOST) more = MOST - in_flying - done_count;
  if (more > 0) in_flying += more;
  if (again) return -EAGAIN;
  while (left > 0) {
    if (done_count == 0) return 0;
    unsigned length = done[0].length, n = length < room ? length : room;
    memcpy((char *)m->message + m->transferred, done[0].bytes, n);
    memmove(done, done + 1, sizeof done[0] * --done_count);
    m->transferred += n;
    room -= n;
    left = left > length ? left - length : 0;
    if (length < PIECE) { result = 1; break; }
  }
  in_flying = done_count = in_status = 0;
  return result;
}

static int file_of(int fd) {
  for (int i = 0; i < FILES; i++) if (files[i].fd == fd && fd != 0) return i;
  return -1;
}

static int slowly(unsigned flag) {
  busy = 1;
  while ((flags & flag) && !gone) pthread_cond_wait(&changed, &lock);
  busy = 0;
  return gone ? -ENODEV : 0;
}

static int request(unsigned long number, void *argument) {
  unsigned char *byte = argument;
  if (seen_count < 4096) {
    seen[seen_count].request = number;
    memcpy(seen[seen_count++].argument, argument, _IOC_SIZE(number) < 20 ? _IOC_SIZE(number) : 20);
  }
  if (gone) return -ENODEV;
  switch (number) {
    case USBTMC_IOCTL_CLEAR:
      clears++;
      if (slowly(SLOW_CLEAR)) return -ENODEV;
      if (flags & HALTED) return -EPIPE;
      if (flags & NO_CLEAR) return -EPERM;
      out_length = message_length = answer_at = answer_length = 0;
      transferring = asked = 0;
      return 0;
    case USBTMC_IOCTL_CLEAR_OUT_HALT: flags &= ~STALL_OUT; return 0;
    case USBTMC_IOCTL_CLEAR_IN_HALT: flags &= ~(STALL_IN | HALTED); return 0;
    case USBTMC488_IOCTL_GET_CAPS: *byte = caps; return 0;
    case USBTMC488_IOCTL_READ_STB:
      if (slowly(SLOW_STB)) return -ENODEV;
      if (flags & NO_SIMPLE) return -EIO;
      *byte = stb | (srq && version > 1 ? 0x40 : 0);
      srq = 0;
      return 0;
    case USBTMC488_IOCTL_REN_CONTROL: if (flags & NO_SIMPLE) return -EIO; remote = *byte; return 0;
    case USBTMC488_IOCTL_GOTO_LOCAL: if (flags & NO_SIMPLE) return -EIO; remote |= 0x80; return 0;
    case USBTMC488_IOCTL_TRIGGER: if (flags & NO_SIMPLE) return -EIO; triggers++; return 0;
  }
  if (version == 0) return -EBADRQC;
  switch (number) {
    case USBTMC_IOCTL_API_VERSION: memcpy(argument, &version, 4); return 0;
    case USBTMC_IOCTL_SET_TIMEOUT: memcpy(&timeout, argument, 4); return timeout < 100 ? -EINVAL : 0;
    case USBTMC_IOCTL_CONFIG_TERMCHAR:
      if (flags & NO_TERM) return -EINVAL;
      termchar = byte[0]; termchar_on = byte[1]; return 0;
    case USBTMC_IOCTL_MSG_IN_ATTR: *byte = eom; return 0;
    case USBTMC_IOCTL_AUTO_ABORT: auto_abort = *byte; return 0;
  }
  if (version == 1) return -EBADRQC;
  switch (number) {
    case USBTMC_IOCTL_WRITE: return transfer_out(argument);
    case USBTMC_IOCTL_READ: return transfer_in(argument);
    case USBTMC_IOCTL_WRITE_RESULT: memcpy(argument, &out_size, 4); return out_status;
    case USBTMC_IOCTL_CANCEL_IO: in_status = out_status = -ECANCELED; out_flying = in_flying = 0; return 0;
    case USBTMC_IOCTL_CLEANUP_IO: clean(); return 0;
    case USBTMC_IOCTL_GET_STB:
      if (version < 3) return -EBADRQC;
      if (slowly(SLOW_STB)) return -ENODEV;
      if (flags & NO_SIMPLE) return -EIO;
      *byte = stb;
      return 0;
    case USBTMC_IOCTL_GET_SRQ_STB:
      if (version < 3) return -EBADRQC;
      if (!srq) return -ENOMSG;
      srq = 0;
      *byte = srq_byte;
      return 0;
  }
  return -EBADRQC;
}

static long give(long result) {
  if (result >= 0) return result;
  errno = -result;
  return -1;
}

int ioctl(int fd, unsigned long number, ...) {
  va_list list;
  va_start(list, number);
  void *argument = va_arg(list, void *);
  va_end(list);
  if (file_of(fd) < 0) return give(syscall(SYS_ioctl, fd, number, argument) < 0 ? -errno : 0);
  pthread_mutex_lock(&lock);
  kept_waiting += busy;
  int result = request((unsigned)number, argument);
  ring();
  pthread_mutex_unlock(&lock);
  return give(result);
}

// Reading and writing as drivers before 4.20 do: the caller waits.
ssize_t write(int fd, const void *bytes, size_t length) {
  if (file_of(fd) < 0) return syscall(SYS_write, fd, bytes, length);
  pthread_mutex_lock(&lock);
  int result = length;
  if (gone) result = -ENODEV;
  else if (flags & (STALL_OUT | STALL_ONCE)) result = -EPIPE, flags &= ~STALL_ONCE;
  else {
    memcpy(message, bytes, length);
    message_length = length;
    receive();
  }
  ring();
  pthread_mutex_unlock(&lock);
  return give(result);
}

ssize_t read(int fd, void *bytes, size_t length) {
  if (file_of(fd) < 0) return syscall(SYS_read, fd, bytes, length);
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += timeout / 1000;
  until.tv_nsec += timeout % 1000 * 1000000;
  if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
  pthread_mutex_lock(&lock);
  asked = 1;
  asked_size = length;
  asked_stop = termchar_on ? 0x100 | termchar : 0;
  int late = 0;
  kept_waiting += busy;
  busy = 1;
  for (begin(); !transferring && !gone && !late; begin()) late = pthread_cond_timedwait(&changed, &lock, &until);
  int result = gone ? -ENODEV : -ETIMEDOUT;
  if (!gone && transferring) {
    unsigned size;
    memcpy(&size, transfer + 4, 4);
    memcpy(bytes, transfer + 12, result = size);
    eom = transfer[8];
    transferring = 0;
  }
  busy = asked = 0;
  pthread_mutex_unlock(&lock);
  return give(result);
}

int access(const char *path, int mode) {
  if (denied && strstr(path, "/usbtmc")) return give(-(int)denied);
  return give(syscall(SYS_faccessat, AT_FDCWD, path, mode) < 0 ? -errno : 0);
}

int open(const char *path, int how, ...) {
  const char *name = strrchr(path, '/');
  int device = name && !strncmp(name, "/usbtmc", 7) && (how & O_RDWR);
  if (device && denied) return give(-(int)denied);
  int fd = syscall(SYS_openat, AT_FDCWD, path, how, 0);
  if (!device || fd < 0) return fd;
  pthread_mutex_lock(&lock);
  int i = 0;
  while (i < FILES - 1 && files[i].fd) i++;
  files[i].fd = fd;
  files[i].bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  files[i].armed = 0;
  pthread_mutex_unlock(&lock);
  return fd;
}

int close(int fd) {
  pthread_mutex_lock(&lock);
  int i = file_of(fd);
  if (i >= 0) {
    kept_waiting += busy;
    syscall(SYS_close, files[i].bell);
    files[i].fd = 0;
    clean();
  }
  pthread_mutex_unlock(&lock);
  return syscall(SYS_close, fd);
}

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event) {
  pthread_mutex_lock(&lock);
  int i = file_of(fd);
  struct epoll_event bell = { EPOLLIN | EPOLLONESHOT, { .fd = fd } };
  if (i >= 0) {
    if (operation != EPOLL_CTL_DEL) kept_waiting += busy;
    files[i].armed = operation == EPOLL_CTL_DEL ? 0 : event->events | EPOLLERR | EPOLLHUP;
    if (event->events & (EPOLLIN | EPOLLOUT)) progress();
    ring();
  }
  int result = i < 0 ? syscall(SYS_epoll_ctl, epoll, operation, fd, event)
                     : syscall(SYS_epoll_ctl, epoll, operation, files[i].bell, &bell);
  pthread_mutex_unlock(&lock);
  return result;
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int wait) {
  int count = syscall(SYS_epoll_pwait, epoll, events, most, wait, NULL, 8), kept = 0;
  pthread_mutex_lock(&lock);
  for (int n = 0; n < count; n++) {
    int i = file_of(events[n].data.fd);
    if (i >= 0) {
      kept_waiting += busy;
      events[n].events = files[i].in;
      if (files[i].in) files[i].armed = 0;
      else {
        // What rang is no more: it stays armed.
        struct epoll_event bell = { EPOLLIN | EPOLLONESHOT, { .fd = files[i].fd } };
        syscall(SYS_epoll_ctl, epoll, EPOLL_CTL_MOD, files[i].bell, &bell);
      }
      ring();
    }
    if (events[n].events) events[kept++] = events[n];
  }
  pthread_mutex_unlock(&lock);
  return count < 0 ? count : kept;
}

// For the test.
void standin_reset(unsigned driver, unsigned capabilities) {
  pthread_mutex_lock(&lock);
  version = driver;
  caps = capabilities;
  flags = denied = 0;
  for (int i = 0; i < reply_count; i++) free(replies[i].query), free(replies[i].answer);
  reply_count = gone = srq = stb = remote = triggers = clears = transferring = asked = 0;
  out_length = message_length = answer_at = answer_length = wire_length = told_length = seen_count = 0;
  termchar_on = auto_abort = eom = kept_waiting = 0;
  timeout = 5000;
  clean();
  pthread_mutex_unlock(&lock);
}
void standin_reply(const char *query, const unsigned char *bytes, size_t length) {
  pthread_mutex_lock(&lock);
  replies[reply_count].query = strdup(query);
  replies[reply_count].answer = malloc(length);
  memcpy(replies[reply_count].answer, bytes, length);
  replies[reply_count++].length = length;
  pthread_mutex_unlock(&lock);
}
void standin_flags(unsigned now) {
  pthread_mutex_lock(&lock);
  flags = now;
  for (int i = 0; i < FILES; i++) if (files[i].fd && (files[i].armed & (EPOLLIN | EPOLLOUT))) progress();
  ring();
  pthread_mutex_unlock(&lock);
}
void standin_deny(unsigned error) { denied = error; }
void standin_unplug(void) {
  pthread_mutex_lock(&lock);
  clean();
  gone = 1;
  ring();
  pthread_mutex_unlock(&lock);
}
void standin_plug(void) {
  pthread_mutex_lock(&lock);
  out_length = message_length = answer_at = answer_length = transferring = asked = gone = 0;
  pthread_mutex_unlock(&lock);
}
void standin_break(int error) {
  pthread_mutex_lock(&lock);
  in_status = -error;
  in_flying = 0;
  done[done_count++].length = 0;
  ring();
  pthread_mutex_unlock(&lock);
}
void standin_srq(int byte) {
  pthread_mutex_lock(&lock);
  srq = 1;
  stb = srq_byte = byte;
  ring();
  pthread_mutex_unlock(&lock);
}
void standin_stb(int byte) { stb = byte; }
static int copy(unsigned char *to, int most, const void *from, size_t length) {
  int n = (size_t)most < length ? most : (int)length;
  memcpy(to, from, n);
  return n;
}
int standin_seen(unsigned char *to, int most) { return copy(to, most, seen, sizeof seen[0] * seen_count); }
int standin_wire(unsigned char *to, int most) { return copy(to, most, wire, wire_length); }
int standin_told(unsigned char *to, int most) { return copy(to, most, told, told_length); }
void standin_state(unsigned *to) {
  pthread_mutex_lock(&lock);
  to[0] = remote; to[1] = triggers; to[2] = clears; to[3] = timeout; to[4] = out_flying + in_flying + done_count;
  to[5] = auto_abort; to[6] = 0;
  for (int i = 0; i < FILES; i++) to[6] += files[i].fd != 0;
  to[7] = kept_waiting;
  to[8] = busy;
  pthread_mutex_unlock(&lock);
}
