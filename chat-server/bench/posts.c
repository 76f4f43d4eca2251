/* posts: C connections that each have W posts on their way to a store which answers when it is safe. It measures how
 * many are answered a second and how long an answer takes.
 *
 *   cc -O2 -o posts posts.c
 *   posts --proto session|redis|postgres --port P --connections C --window W --rooms R --size L --warm S --seconds S
 *         [--rate N] [--pid SERVER] [--user NAME]
 *
 * Without --rate each answer is followed by the next post: as fast as it goes. With it N posts a second are due,
 * evenly, whatever has been answered, and how long an answer takes counts from the moment when its post was due.
 * Each post has to get its answer, in order, on its connection; of sessions each ack has to have a higher seq than the
 * one before. What was said by others in the same room is read and left. Exit status 0 only if all of that is so.
 *
 * session is SESSIONS.md over TCP, redis XADD to one stream for each room, postgres an INSERT with a commit of its own
 * into a table message (room, author, text), prepared.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SESSION, REDIS, POSTGRES, PROTOS };
static const char *const PROTO[] = {"session", "redis", "postgres"};
enum { READ = 1 << 18, OUT = 1 << 20, RING = 1 << 12, HEADER = 10, LONGEST = 2048 };

typedef struct {
  int fd, number;
  long sent, answered, seq;
  uint64_t since[RING]; /* when posts were sent, or were due */
  long inLength, outLength, outPos;
  char in[READ], out[OUT];
} conn;

static int proto = -1, port, connections = 64, window = 16, rooms = 64, size = 64, server;
static double warm = 2, seconds = 5, rate;
static const char *user = "postgres";
static char content[LONGEST];
static conn *all;
static unsigned long run; /* ids of another run are other ids */
static long bad, counted, answers;
static uint64_t from, to;
static uint32_t *taken; static long takenRoom, measured; /* nanoseconds */

static uint64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }
static void fail(const char *what) { fprintf(stderr, "%s: %s\n", what, strerror(errno)); exit(2); }
static void wrong(const char *what, const char *bytes, long length) {
  if (bad++ < 3) fprintf(stderr, "%s: %.*s\n", what, (int)(length < 300 ? length : 300), bytes);
}
static double cpu(int pid) { /* seconds, of a process and those that it has started */
  char name[64], text[2048]; double sum = 0; sprintf(name, "/proc/%d/stat", pid);
  FILE *f = pid ? fopen(name, "r") : 0; if (!f) return 0;
  size_t n = fread(text, 1, sizeof text - 1, f); fclose(f); text[n] = 0;
  unsigned long user = 0, kernel = 0;
  sscanf(strrchr(text, ')') + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel);
  sum = (double)(user + kernel) / sysconf(_SC_CLK_TCK);
  sprintf(name, "/proc/%d/task/%d/children", pid, pid);
  if ((f = fopen(name, "r"))) { int child; while (fscanf(f, "%d", &child) == 1) sum += cpu(child); fclose(f); }
  return sum;
}

/* ---- what is said */

static char *int16(char *to, int n) { *to++ = (char)(n >> 8); *to++ = (char)n; return to; }
static char *int32(char *to, int n) { return int16(int16(to, n >> 16), n); }
static char *value(char *to, const char *bytes, int length) { to = int32(to, length); memcpy(to, bytes, length); return to + length; }
static char *message(char *to, char type, const char *body, int length) {
  *to++ = type; to = int32(to, length + 4); memcpy(to, body, length); return to + length;
}

static long compose(char *out, conn *c) {
  char body[LONGEST + 256], room[32], name[32], *p = out;
  int n, roomLength = sprintf(room, "room%d", c->number % rooms), nameLength = sprintf(name, "user%d", c->number);
  switch (proto) {
  case SESSION:
    n = sprintf(body, "{\"type\":\"post\",\"id\":\"%lx-%ld\",\"room\":\"%s\",\"text\":\"%.*s\"}", run, c->sent, room, size, content);
    return sprintf(out, "%-10d%s", n, body);
  case REDIS:
    return sprintf(out, "*7\r\n$4\r\nXADD\r\n$%d\r\n%s\r\n$1\r\n*\r\n$4\r\nfrom\r\n$%d\r\n%s\r\n$4\r\ntext\r\n$%d\r\n%.*s\r\n", roomLength, room,
                   nameLength, name, size, size, content);
  default: { /* Bind, Execute, Sync */
    char *b = body; *b++ = 0; *b++ = 'a'; *b++ = 0; b = int16(b, 0); b = int16(b, 3);
    b = value(value(value(b, room, roomLength), name, nameLength), content, size); b = int16(b, 0);
    p = message(p, 'B', body, b - body); p = message(p, 'E', "\0\0\0\0\0", 5); return message(p, 'S', "", 0) - out; }
  }
}

/* ---- what is answered */

static long number(const char *in, long length, const char *field) {
  const char *found = memmem(in, length, field, strlen(field));
  return found ? atol(found + strlen(field)) : -1;
}

static void answer(conn *c, uint64_t when) {
  uint64_t since = c->since[c->answered++ % RING];
  answers++;
  if (c->answered > c->sent) { wrong("an answer to nothing", "", 0); return; }
  if (when >= from && when < to) counted++;
  if (since >= from && since < to) {
    if (measured == takenRoom && !(taken = realloc(taken, (takenRoom = takenRoom * 2 + 65536) * sizeof *taken))) fail("memory");
    uint64_t nanos = when - since; taken[measured++] = nanos > UINT32_MAX ? UINT32_MAX : nanos;
  }
}

/* One whole thing that a server says, where it has come; how long it is. 0 if not. */
static long hear(conn *c, const char *in, long length, uint64_t when) {
  switch (proto) {
  case SESSION: {
    if (length < HEADER) return 0;
    long end = HEADER + atol(in); if (length < end) return 0;
    if (!memcmp(in + HEADER, "{\"type\":\"ack\"", 13)) {
      char id[64]; int n = sprintf(id, "\"id\":\"%lx-%ld\"", run, c->answered);
      long seq = number(in, end, "\"seq\":");
      if (!memmem(in, end, id, n) || seq <= c->seq) wrong("not the next ack", in, end);
      c->seq = seq; answer(c, when);
    } else if (memcmp(in + HEADER, "{\"type\":\"message\"", 17) && memcmp(in + HEADER, "{\"type\":\"presence\"", 18)
               && memcmp(in + HEADER, "{\"type\":\"ping\"", 14)) wrong("not expected", in, end);
    return end; }
  case REDIS: {
    const char *line = memchr(in, '\n', length); if (!line) return 0;
    if (in[0] != '$') { wrong("not the id of an entry", in, line - in); return line + 1 - in; }
    long end = line + 1 - in + atol(in + 1) + 2; if (length < end) return 0;
    answer(c, when); return end; }
  default: {
    if (length < 5) return 0;
    const unsigned char *u = (const unsigned char *)in;
    long end = 1 + ((long)u[1] << 24 | u[2] << 16 | u[3] << 8 | u[4]); if (length < end) return 0;
    if (in[0] == 'C') { if (strcmp(in + 5, "INSERT 0 1")) wrong("not one row", in + 5, end - 5); }
    else if (in[0] == 'Z') answer(c, when); /* only now is it committed */
    else if (in[0] != '2' && in[0] != 'N') wrong("not expected", in, end);
    return end; }
  }
}

static void read_(conn *c) {
  long n = recv(c->fd, c->in + c->inLength, READ - c->inLength, 0), o = 0, k;
  if (n <= 0) { if (n < 0 && errno == EAGAIN) return; fprintf(stderr, "the server closed a connection\n"); exit(1); }
  c->inLength += n;
  uint64_t when = now();
  while ((k = hear(c, c->in + o, c->inLength - o, when))) o += k;
  memmove(c->in, c->in + o, c->inLength - o); c->inLength -= o;
  if (c->inLength == READ) { fprintf(stderr, "something too long was said\n"); exit(1); }
}

/* ---- connections */

static void put(int fd, const char *bytes, long length) {
  while (length > 0) { long n = send(fd, bytes, length, MSG_NOSIGNAL); if (n < 0) fail("send"); bytes += n; length -= n; }
}
static void await(int fd, const char *what, int length) {
  static char in[1 << 16]; int n = 0; struct timeval patience = {20, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  while (!memmem(in, n, what, length)) {
    long k = recv(fd, in + n, sizeof in - n, 0);
    if (k <= 0) { fprintf(stderr, "expected %s, got %.*s\n", what, n, in); exit(2); }
    n += k;
  }
}
static void enter(conn *c) {
  char body[512], bytes[1024], *b = body; int n, one = 1;
  c->fd = socket(AF_INET, SOCK_STREAM, 0); if (c->fd < 0) fail("socket");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(c->fd, (void *)&address, sizeof address)) fail("connect");
  if (proto == SESSION) {
    n = sprintf(body, "{\"type\":\"hello\",\"v\":2,\"name\":\"user%d\",\"client\":\"%032x\",\"rooms\":[{\"room\":\"room%d\"}]}", c->number,
                c->number + 1, c->number % rooms);
    put(c->fd, bytes, sprintf(bytes, "CHATROOM/2%-10d%s", n, body)); await(c->fd, "\"joined\"", 8);
  } else if (proto == POSTGRES) {
    b = int32(b, 3 << 16); b += sprintf(b, "user%c%s%cdatabase%cpostgres%c", 0, user, 0, 0, 0); *b++ = 0;
    char *p = int32(bytes, b - body + 4); memcpy(p, body, b - body); put(c->fd, bytes, p + (b - body) - bytes);
    await(c->fd, "Z\0\0\0\5I", 6);
    n = sprintf(body, "a%cINSERT INTO message (room, author, text) VALUES ($1, $2, $3)%c", 0, 0); int16(body + n, 0);
    p = message(bytes, 'P', body, n + 2); p = message(p, 'S', "", 0);
    put(c->fd, bytes, p - bytes); await(c->fd, "Z\0\0\0\5I", 6);
  }
}

static void say(conn *c, uint64_t since) { c->since[c->sent % RING] = since; c->outLength += compose(c->out + c->outLength, c); c->sent++; }
static void flush(conn *c) {
  if (c->outPos == c->outLength) return;
  long n = send(c->fd, c->out + c->outPos, c->outLength - c->outPos, MSG_NOSIGNAL);
  if (n > 0) c->outPos += n; else if (n < 0 && errno != EAGAIN) fail("send");
  if (c->outPos == c->outLength) c->outPos = c->outLength = 0;
}

static int ascending(const void *a, const void *b) { uint32_t x = *(uint32_t *)a, y = *(uint32_t *)b; return x < y ? -1 : x > y; }

int main(int count, char **args) {
  for (int i = 1; i + 1 < count; i += 2) {
    char *k = args[i], *v = args[i + 1];
    if (!strcmp(k, "--proto")) { for (int p = 0; p < PROTOS; p++) if (!strcmp(v, PROTO[p])) proto = p; }
    else if (!strcmp(k, "--port")) port = atoi(v); else if (!strcmp(k, "--connections")) connections = atoi(v);
    else if (!strcmp(k, "--window")) window = atoi(v); else if (!strcmp(k, "--rooms")) rooms = atoi(v);
    else if (!strcmp(k, "--size")) size = atoi(v); else if (!strcmp(k, "--warm")) warm = atof(v);
    else if (!strcmp(k, "--seconds")) seconds = atof(v); else if (!strcmp(k, "--rate")) rate = atof(v);
    else if (!strcmp(k, "--pid")) server = atoi(v); else if (!strcmp(k, "--user")) user = v;
    else { fprintf(stderr, "%s is not known\n", k); return 2; }
  }
  if (proto < 0 || !port || connections < 1 || window < 1 || window > RING / 4 || rooms < 1 || size < 1 || size >= LONGEST || rate < 0) {
    fprintf(stderr, "expected --proto, --port, a window of 1 to %d and a size of 1 to %d\n", RING / 4, LONGEST - 1); return 2;
  }
  memset(content, 'x', sizeof content); run = now();
  all = calloc(connections, sizeof *all);
  int epoll = epoll_create1(0);
  for (int i = 0; i < connections; i++) { all[i].number = i; enter(all + i); }
  for (int i = 0; i < connections; i++) {
    fcntl(all[i].fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = all + i}; epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &e);
  }
  uint64_t start = now(), last = start; struct epoll_event events[512];
  from = start + warm * 1e9; to = from + seconds * 1e9;
  double cpuStart = 0, used = 0, mine = 0, busy = 0; int measuring = 0; long due = 0;
  for (;;) {
    uint64_t at = now();
    if (measuring == 0 && at >= from) { measuring = 1; cpuStart = cpu(server); mine = clock(); }
    if (measuring == 1 && at >= to) { measuring = 2; used = cpu(server) - cpuStart; busy = (clock() - mine) / CLOCKS_PER_SEC / seconds; }
    long waiting = 0, unsent = 0;
    uint64_t next = at + 100000000;
    if (at < to && rate > 0) { /* a server that falls behind is not spared: what is due waits and counts from then */
      for (;; due++) {
        uint64_t when = start + due * 1e9 / rate; conn *c = all + due % connections;
        if (when > at) { next = when; break; }
        if (c->sent - c->answered >= window) break;
        say(c, when);
      }
    }
    for (int i = 0; i < connections; i++) {
      conn *c = all + i;
      if (at < to && !rate && c->outPos == c->outLength) while (c->sent - c->answered < window) say(c, at);
      flush(c); waiting += c->sent - c->answered; unsent += c->outPos < c->outLength;
    }
    if (at >= to && (!waiting || at - last > 10000000000ull)) break;
    uint64_t ahead = unsent || next < at ? 0 : next - at; struct timespec pause = {0, ahead};
    int n = epoll_pwait2(epoll, events, 512, &pause, 0);
    for (int i = 0; i < n; i++) read_(events[i].data.ptr);
    if (n) last = now();
  }
  long lost = 0, n = measured;
  for (int i = 0; i < connections; i++) lost += all[i].sent - all[i].answered;
  qsort(taken, n, sizeof *taken, ascending);
#define MICROS(part) (n ? taken[(long)((n - 1) * part)] / 1e3 : 0)
  printf("{\"proto\":\"%s\",\"secs\":%.3f,\"per_s\":%.0f,\"answers\":%ld,\"lost\":%ld,\"bad\":%ld,\"p50_us\":%.0f,\"p90_us\":%.0f,"
         "\"p99_us\":%.0f,\"p999_us\":%.0f,\"max_us\":%.0f,\"cpu_us_per_post\":%.2f,\"load_busy\":%.2f}\n",
         PROTO[proto], seconds, counted / seconds, answers, lost, bad, MICROS(.5), MICROS(.9), MICROS(.99), MICROS(.999), MICROS(1),
         counted ? used * 1e6 / counted : 0, busy);
  return lost || bad;
}
