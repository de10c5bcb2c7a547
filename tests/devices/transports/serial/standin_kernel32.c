// Windows' kernel32 and advapi32 on Linux: their structures and numbers, over a Linux pseudo terminal.
// Transfers that can't end at once go on in a thread and write to the caller's memory when they end.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

typedef uint32_t DWORD;
typedef uint64_t HANDLE;
typedef int BOOL;
struct overlapped { uint64_t internal, internal_high; DWORD offset, offset_high; HANDLE event; };
struct transfer { int fd, generation, writes; uint8_t *memory; DWORD length; struct overlapped *state; };

#define PENDING 0x103
#define CANCELLED 0xC0000120
#define REMOVED 0xC00002B6
#define EVENTS 1000
#define FIRST_EVENT 0x10000

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct { int used, manual, set; } events[EVENTS];
static uint8_t dcb[28], timeouts[20];
static int open_handles, open_events, used_port = -1, going;
static int reads_stopped, writes_stopped, escapes;
static DWORD last_error, refuse;

void standin_reset(DWORD refused) {
  memset(dcb, 0, sizeof dcb);
  *(DWORD *)dcb = 28;
  *(DWORD *)(dcb + 8) = 0x1011;
  memset(timeouts, 0, sizeof timeouts);
  escapes = 0;
  refuse = refused;
}
void standin_state(DWORD *state) {
  pthread_mutex_lock(&mutex);
  state[0] = open_handles; state[1] = open_events; state[2] = going; state[3] = escapes;
  memcpy(state + 4, timeouts, 20);
  memcpy(state + 9, dcb, 28);
  pthread_mutex_unlock(&mutex);
}

static void set_event(HANDLE event) {
  events[event - FIRST_EVENT].set = 1;
  pthread_cond_broadcast(&changed);
}

HANDLE CreateEventW(HANDLE security, BOOL manual, BOOL set, HANDLE name) {
  pthread_mutex_lock(&mutex);
  int i = 0;
  while (events[i].used) i++;
  events[i].used = 1; events[i].manual = manual; events[i].set = set;
  open_events++;
  pthread_mutex_unlock(&mutex);
  return FIRST_EVENT + i;
}
BOOL SetEvent(HANDLE event) {
  pthread_mutex_lock(&mutex);
  set_event(event);
  pthread_mutex_unlock(&mutex);
  return 1;
}

static DWORD wait_for(DWORD count, const HANDLE *handles, DWORD ms) {
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += ms / 1000;
  end.tv_nsec += (long)(ms % 1000) * 1000000;
  if (end.tv_nsec >= 1000000000) { end.tv_sec++; end.tv_nsec -= 1000000000; }
  DWORD result = 0x102;
  pthread_mutex_lock(&mutex);
  for (;;) {
    for (DWORD i = 0; i < count; i++) {
      // A handle that was closed while it is waited for is a fault that shows.
      if (!events[handles[i] - FIRST_EVENT].used) { result = 0xffffffff; goto done; }
      if (events[handles[i] - FIRST_EVENT].set) {
        if (!events[handles[i] - FIRST_EVENT].manual) events[handles[i] - FIRST_EVENT].set = 0;
        result = i;
        goto done;
      }
    }
    if (ms == 0) break;
    if (ms == 0xffffffff) pthread_cond_wait(&changed, &mutex);
    else if (pthread_cond_timedwait(&changed, &mutex, &end) == ETIMEDOUT) ms = 0;
  }
done:
  pthread_mutex_unlock(&mutex);
  return result;
}
DWORD WaitForSingleObject(HANDLE handle, DWORD ms) { return wait_for(1, &handle, ms); }
DWORD WaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all, DWORD ms) {
  return count > 64 || all ? 0xffffffff : wait_for(count, handles, ms);
}

HANDLE CreateFileW(const uint16_t *name, DWORD access, DWORD share, HANDLE security, DWORD how,
                   DWORD flags, HANDLE pattern) {
  char path[256] = "";
  if (access != 0xc0000000 || share || how != 3 || flags != 0x40000000) { last_error = 87; return -1; }
  static const uint16_t prefix[] = {'\\', '\\', '.', '\\'};
  if (memcmp(name, prefix, sizeof prefix)) { last_error = 2; return -1; }
  for (int i = 4; name[i] && i < 250; i++) path[i - 4] = (char)name[i];
  if (used_port >= 0) { last_error = 5; return -1; }
  int fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) { last_error = 2; return -1; }
  struct termios raw;
  if (tcgetattr(fd, &raw) == 0) { cfmakeraw(&raw); tcsetattr(fd, TCSANOW, &raw); }
  used_port = fd;
  open_handles++;
  return fd;
}
DWORD GetLastError(void) { return last_error; }

BOOL CloseHandle(HANDLE handle) {
  pthread_mutex_lock(&mutex);
  if (handle >= FIRST_EVENT) {
    events[handle - FIRST_EVENT].used = 0;
    open_events--;
  } else {
    reads_stopped++; writes_stopped++;
    pthread_mutex_unlock(&mutex);
    // The file is there as long as a transfer uses it.
    for (;;) {
      pthread_mutex_lock(&mutex);
      if (going == 0) break;
      pthread_mutex_unlock(&mutex);
      usleep(1000);
    }
    close(handle);
    used_port = -1;
    open_handles--;
  }
  pthread_mutex_unlock(&mutex);
  return 1;
}

static int is_tty(HANDLE handle) {
  int waiting;
  return ioctl(handle, FIONREAD, &waiting) == 0 && isatty(handle);
}
BOOL GetCommState(HANDLE handle, void *state) {
  if (!is_tty(handle) || ((uint8_t *)state)[0] != 28) return 0;
  memcpy(state, dcb, 28);
  return 1;
}
BOOL SetCommState(HANDLE handle, const void *state) {
  const uint8_t *given = state;
  if (given[0] != 28 || !(given[8] & 1) || refuse == 1) return 0;
  memcpy(dcb, state, 28);
  if (refuse == 2) dcb[20] = 0;
  return 1;
}
BOOL SetCommTimeouts(HANDLE handle, const void *given) { memcpy(timeouts, given, 20); return 1; }
BOOL ClearCommError(HANDLE handle, DWORD *errors, DWORD *stat) {
  int waiting;
  if (!is_tty(handle) || ioctl(handle, FIONREAD, &waiting) < 0) return 0;
  stat[1] = waiting;
  stat[2] = 0;
  return 1;
}
BOOL PurgeComm(HANDLE handle, DWORD what) {
  pthread_mutex_lock(&mutex);
  if (what & 1) writes_stopped++;
  if (what & 2) reads_stopped++;
  pthread_mutex_unlock(&mutex);
  if (what & 4) tcflush(handle, TCOFLUSH);
  if (what & 8) tcflush(handle, TCIFLUSH);
  return 1;
}
BOOL CancelIoEx(HANDLE handle, HANDLE which) { return PurgeComm(handle, 3); }
BOOL EscapeCommFunction(HANDLE handle, DWORD what) {
  if (refuse == 3) return 0;
  escapes = escapes * 10 + what;
  return 1;
}
BOOL GetCommModemStatus(HANDLE handle, DWORD *bits) { *bits = 0x10 | 0x80; return 1; }

/* Ends a transfer: the status last, as the caller looks at it without a lock. */
static void end_transfer(struct overlapped *state, uint64_t status, DWORD count) {
  state->internal_high = count;
  __atomic_store_n(&state->internal, status, __ATOMIC_RELEASE);
  set_event(state->event);
}

static void *go_on(void *argument) {
  struct transfer *t = argument;
  DWORD done = 0;
  for (;;) {
    struct pollfd wait = {t->fd, t->writes ? POLLOUT : POLLIN, 0};
    poll(&wait, 1, 2);
    pthread_mutex_lock(&mutex);
    uint64_t status = PENDING;
    if (t->generation != (t->writes ? writes_stopped : reads_stopped)) status = CANCELLED;
    else {
      ssize_t n = t->writes ? write(t->fd, t->memory + done, t->length - done)
        : read(t->fd, t->memory, t->length);
      if (n > 0) done += n;
      if (n == 0 || (n < 0 && errno != EAGAIN)) status = REMOVED;
      else if (n > 0 && (!t->writes || done == t->length)) status = 0;
    }
    if (status != PENDING) {
      end_transfer(t->state, status, done);
      going--;
      free(t);
      pthread_mutex_unlock(&mutex);
      return NULL;
    }
    pthread_mutex_unlock(&mutex);
  }
}

static BOOL transfer(HANDLE handle, void *memory, DWORD length, struct overlapped *state, int writes) {
  pthread_mutex_lock(&mutex);
  state->internal = PENDING;
  events[state->event - FIRST_EVENT].set = 0;
  ssize_t n = writes ? -1 : read(handle, memory, length);
  if (n > 0) end_transfer(state, 0, n);
  else {
    struct transfer *t = malloc(sizeof *t);
    int generation = writes ? writes_stopped : reads_stopped;
    *t = (struct transfer){handle, generation, writes, memory, length, state};
    pthread_t thread;
    going++;
    pthread_create(&thread, NULL, go_on, t);
    pthread_detach(thread);
    last_error = 997;
  }
  pthread_mutex_unlock(&mutex);
  return n > 0;
}
BOOL ReadFile(HANDLE handle, void *memory, DWORD length, HANDLE count, struct overlapped *state) {
  return transfer(handle, memory, length, state, 0);
}
BOOL WriteFile(HANDLE handle, void *memory, DWORD length, HANDLE count, struct overlapped *state) {
  return transfer(handle, memory, length, state, 1);
}

DWORD RegOpenKeyExW(HANDLE root, const uint16_t *name, DWORD options, DWORD access, HANDLE *key) {
  if (root != 0xffffffff80000002 || name[0] != 'H' || access != 0x20019 || refuse == 4) return 2;
  *key = 77;
  return 0;
}
DWORD RegEnumValueW(HANDLE key, DWORD index, uint16_t *name, DWORD *name_length, HANDLE reserved,
                    HANDLE type, uint16_t *data, DWORD *data_length) {
  static const char *ports[] = {"COM10", "COM3"};
  if (key != 77 || index >= 2 || *name_length < 50 || *data_length < 50) return 259;
  const char *device = "\\Device\\Serial";
  for (int i = 0; i <= (int)strlen(device); i++) name[i] = device[i];
  for (int i = 0; i <= (int)strlen(ports[index]); i++) data[i] = ports[index][i];
  return 0;
}
DWORD RegCloseKey(HANDLE key) { return key == 77 ? 0 : 6; }
