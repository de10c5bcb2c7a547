/*
 * An instrument that answers as fast as a C program can, to whoever asks: on a raw socket, by HiSLIP 1.0, by
 * VXI-11 and on a pseudo terminal, a thread for each connection. What clients are compared with must not be what
 * holds them up.
 *
 *   instrument ADDRESS TERMINALS    prints where it listens as JSON, with a portmapper if port 111 is free there,
 *                                   and ends when its standard input does
 *
 * "BLOCK? n" is answered by a definite block of n bytes, everything else with a "?" by one short line.
 */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#define MOST_BLOCK (64u << 20)
#define MOST_MESSAGE (1u << 20)

static uint8_t *block; /* "#8nnnnnnnn" is written before it for each answer, so it is shared */
static int core_port;

/* What comes over a connection: a short message is there by one call. */
struct input {
  int fd;
  size_t start, end;
  uint8_t bytes[4096];
};

static int read_all(struct input *input, void *to, size_t length) {
  for (uint8_t *at = to; length > 0;) {
    size_t there = input->end - input->start;
    if (there > 0) {
      size_t taken = there < length ? there : length;
      memcpy(at, input->bytes + input->start, taken);
      input->start += taken;
      at += taken;
      length -= taken;
      continue;
    }
    ssize_t got = read(input->fd, input->bytes, sizeof input->bytes);
    if (got <= 0) return 0;
    input->start = 0;
    input->end = got;
  }
  return 1;
}

static int write_all(int fd, struct iovec *parts, int count) {
  while (count > 0) {
    ssize_t sent = writev(fd, parts, count);
    if (sent < 0) return 0;
    for (; count > 0 && (size_t)sent >= parts->iov_len; parts++, count--) sent -= parts->iov_len;
    if (count > 0) {
      parts->iov_base = (uint8_t *)parts->iov_base + sent;
      parts->iov_len -= sent;
    }
  }
  return 1;
}

static uint32_t get32(const void *from) {
  uint32_t value;
  memcpy(&value, from, 4);
  return ntohl(value);
}

static void put32(void *to, uint32_t value) {
  value = htonl(value);
  memcpy(to, &value, 4);
}

/* What there is to be said, as pieces of memory that is not copied. */
struct answer {
  char head[16];
  size_t at, length; /* what was taken of it, and all of it; nothing to be said if both are 0 */
  size_t head_length, body_length;
};

static void ask(struct answer *answer, const char *message, size_t length) {
  memset(answer, 0, sizeof *answer);
  if (memchr(message, '?', length) == NULL) return;
  if (length > 7 && memcmp(message, "BLOCK? ", 7) == 0) {
    char number[16] = {0};
    memcpy(number, message + 7, length - 7 < 15 ? length - 7 : 15);
    unsigned long asked = strtoul(number, NULL, 10);
    answer->body_length = asked < MOST_BLOCK ? asked : MOST_BLOCK;
    answer->head_length = sprintf(answer->head, "#8%08zu", answer->body_length);
    answer->length = answer->head_length + answer->body_length + 1;
    return;
  }
  answer->head_length = sprintf(answer->head, "+1.23456789E+00");
  answer->length = answer->head_length + 1;
}

/* The next bytes of an answer, up to so many; how many pieces they are in. */
static int take(struct answer *answer, size_t most, struct iovec *parts) {
  struct { const void *from; size_t length; } pieces[] = {
    {answer->head, answer->head_length}, {block, answer->body_length}, {"\n", 1}};
  int count = 0;
  size_t begin = 0;
  for (int i = 0; i < 3; i++) {
    size_t skip = answer->at > begin ? answer->at - begin : 0;
    begin += pieces[i].length;
    if (skip >= pieces[i].length || most == 0) continue;
    size_t length = pieces[i].length - skip;
    if (length > most) length = most;
    parts[count].iov_base = (uint8_t *)pieces[i].from + skip;
    parts[count++].iov_len = length;
    answer->at += length;
    most -= length;
  }
  return count;
}

static size_t size_of(const struct iovec *parts, int count) {
  size_t size = 0;
  for (int i = 0; i < count; i++) size += parts[i].iov_len;
  return size;
}

/* Raw and serial: a message is a line. */
static void serve_lines(int fd) {
  char line[4096];
  size_t there = 0;
  for (;;) {
    ssize_t got = read(fd, line + there, sizeof line - there);
    if (got <= 0) return;
    there += got;
    char *end;
    while ((end = memchr(line, '\n', there)) != NULL) {
      struct answer answer;
      struct iovec parts[3];
      size_t length = end + 1 - line;
      ask(&answer, line, length - 1);
      if (answer.length > 0 && !write_all(fd, parts, take(&answer, SIZE_MAX, parts))) return;
      memmove(line, end + 1, there -= length);
    }
    if (there == sizeof line) return;
  }
}

static int hislip_send(int fd, int type, int control, uint32_t parameter, struct iovec *parts, int count) {
  uint8_t header[16] = {'H', 'S', (uint8_t)type, (uint8_t)control};
  struct iovec all[4] = {{header, sizeof header}};
  put32(header + 4, parameter);
  put32(header + 12, size_of(parts, count));
  memcpy(all + 1, parts, count * sizeof *parts);
  return write_all(fd, all, count + 1);
}

/* HiSLIP: both channels, as far as a query, a status query and a device clear need them. */
static void serve_hislip(int fd) {
  static uint32_t sessions;
  uint8_t header[16];
  static __thread uint8_t payload[MOST_MESSAGE];
  struct input input = {.fd = fd};
  size_t there = 0;
  while (read_all(&input, header, sizeof header)) {
    uint32_t parameter = get32(header + 4), length = get32(header + 12);
    if (memcmp(header, "HS", 2) != 0 || there + length > sizeof payload) return;
    if (!read_all(&input, payload + there, length)) return;
    int good = 1;
    struct answer answer;
    struct iovec parts[3];
    uint8_t size[8] = {0};
    switch (header[2]) {
      case 0: good = hislip_send(fd, 1, 0, 0x01000000u | (++sessions & 0xffff), parts, 0); break;
      case 17: good = hislip_send(fd, 18, 0, 0x5343, parts, 0); break;
      case 15:
        put32(size + 4, MOST_MESSAGE);
        parts[0] = (struct iovec){size, 8};
        good = hislip_send(fd, 16, 0, 0, parts, 1);
        break;
      case 21: good = hislip_send(fd, 22, 0, 0, parts, 0); break;
      case 19: good = hislip_send(fd, 23, 0, 0, parts, 0); break;
      case 8: good = hislip_send(fd, 9, 0, 0, parts, 0); break;
      case 10: good = hislip_send(fd, 11, 0, 0, parts, 0); break;
      case 6: there += length; continue;
      case 7:
        ask(&answer, (char *)payload, there + length);
        while (good && answer.at < answer.length) {
          int count = take(&answer, MOST_MESSAGE - sizeof header, parts);
          good = hislip_send(fd, answer.at < answer.length ? 6 : 7, 0, parameter, parts, count);
        }
        break;
      default: return;
    }
    there = 0;
    if (!good) return;
  }
}

/* VXI-11's core channel, and a portmapper that knows it: calls that fit into one fragment. */
static void serve_rpc(int fd) {
  struct answer answer = {0};
  static __thread uint8_t call[MOST_MESSAGE + 4096];
  uint8_t reply[64];
  uint8_t mark[4];
  struct input input = {.fd = fd};
  while (read_all(&input, mark, 4)) {
    uint32_t length = get32(mark) & 0x7fffffff;
    if (length > sizeof call || length < 40 || !read_all(&input, call, length)) return;
    uint32_t program = get32(call + 12), version = get32(call + 16), procedure = get32(call + 20);
    /* Credentials and verifier come with their lengths. */
    size_t at = 24;
    at += 8 + ((get32(call + at + 4) + 3) & ~3u);
    if (at + 8 > length) return;
    at += 8 + ((get32(call + at + 4) + 3) & ~3u);
    if (at > length) return;
    memset(call + length, 0, 64);
    const uint8_t *arguments = call + at;
    struct iovec parts[5];
    int count = 1;
    memset(reply, 0, sizeof reply);
    memcpy(reply + 4, call, 4);
    put32(reply + 8, 1);
    uint8_t *result = reply + 28;
    size_t padding = 0;
    if (program == 100000 && version != 2) {
      put32(reply + 24, 2);
      put32(result, 2);
      put32(result + 4, 2);
      result += 8;
    } else if (program == 100000) {
      put32(result, get32(arguments) == 0x0607af ? core_port : 0);
      result += procedure == 3 ? 4 : 0;
    } else if (procedure == 10) {
      put32(result + 4, 1);
      put32(result + 12, MOST_MESSAGE);
      result += 16;
    } else if (procedure == 11) {
      uint32_t size = get32(arguments + 16);
      if (size > length - at) return;
      ask(&answer, (const char *)arguments + 20, size);
      put32(result + 4, size);
      result += 8;
    } else if (procedure == 12) {
      count += take(&answer, get32(arguments + 4), parts + 1);
      size_t size = size_of(parts + 1, count - 1);
      put32(result, size == 0 ? 15 : 0);
      put32(result + 4, answer.at == answer.length ? 4 : 1);
      put32(result + 8, size);
      result += 12;
      padding = -size & 3;
      parts[count++] = (struct iovec){"\0\0\0", padding};
    } else if (procedure == 13) {
      result += 8;
    } else {
      if (procedure == 15) memset(&answer, 0, sizeof answer);
      result += 4;
    }
    parts[0] = (struct iovec){reply, (size_t)(result - reply)};
    put32(reply, 0x80000000u | (size_of(parts, count) - 4));
    if (!write_all(fd, parts, count)) return;
  }
}

/* A listener or a connection, and what is spoken on it. */
struct end {
  int fd;
  void (*serve)(int);
};

static void *attend(void *argument) {
  struct end connection = *(struct end *)argument;
  free(argument);
  connection.serve(connection.fd);
  close(connection.fd);
  return NULL;
}

static void *accept_all(void *argument) {
  struct end *listener = argument;
  for (;;) {
    struct end *connection = malloc(sizeof *connection);
    pthread_t thread;
    int on = 1;
    *connection = (struct end){accept(listener->fd, NULL, NULL), listener->serve};
    if (connection->fd < 0) return NULL;
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    pthread_create(&thread, NULL, attend, connection);
    pthread_detach(thread);
  }
}

/* The port that is listened at; 0 if that can't be done. */
static int serve(const char *address, int port, void (*serve)(int)) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
  socklen_t length = sizeof at;
  int on = 1;
  struct end *listener = malloc(sizeof *listener);
  pthread_t thread;
  inet_pton(AF_INET, address, &at.sin_addr);
  *listener = (struct end){socket(AF_INET, SOCK_STREAM, 0), serve};
  setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener->fd, (void *)&at, sizeof at) != 0 || listen(listener->fd, 16) != 0) return 0;
  getsockname(listener->fd, (void *)&at, &length);
  pthread_create(&thread, NULL, accept_all, listener);
  return ntohs(at.sin_port);
}

/* Makes a pseudo terminal without any line discipline; the path of the end that is for clients. */
static const char *serve_terminal(void) {
  struct termios line;
  struct end *connection = malloc(sizeof *connection);
  pthread_t thread;
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return "";
  /* It stays open, so that the line is there while clients come and go. */
  int client = open(ptsname(master), O_RDWR | O_NOCTTY);
  if (client < 0 || tcgetattr(client, &line) != 0) return "";
  cfmakeraw(&line);
  tcsetattr(client, TCSANOW, &line);
  *connection = (struct end){master, serve_lines};
  pthread_create(&thread, NULL, attend, connection);
  return ptsname(master);
}

int main(int count, char **arguments) {
  char byte;
  if (count != 3) return 2;
  signal(SIGPIPE, SIG_IGN);
  block = malloc(MOST_BLOCK);
  for (uint32_t i = 0; i < MOST_BLOCK; i++) block[i] = (uint8_t)(i * 31);
  int lines = serve(arguments[1], 0, serve_lines);
  int hislip = serve(arguments[1], 0, serve_hislip);
  core_port = serve(arguments[1], 0, serve_rpc);
  int portmapper = serve(arguments[1], 111, serve_rpc);
  printf("{\"socket\":%d,\"hislip\":%d,\"vxi11\":%d,", lines, hislip, core_port);
  printf("\"portmapper\":%s,\"serial\":[", portmapper > 0 ? "true" : "false");
  for (int i = 0; i < atoi(arguments[2]); i++) printf("%s\"%s\"", i == 0 ? "" : ",", serve_terminal());
  printf("]}\n");
  fflush(stdout);
  while (read(0, &byte, 1) > 0);
  return 0;
}
