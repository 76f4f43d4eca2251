/* crowd: one sender and N receivers in one room, over the protocols of several servers. It measures how many
 * deliveries a second a server makes, how long each takes, and how long the sender waits for its answer.
 *
 *   cc -O2 -o crowd crowd.c
 *   crowd --proto seed|session|websocket|redis|mqtt|ws --port P --receivers N --size L --messages M
 *         --warmup U --window W [--pid SERVER]
 *
 * At most W messages are on their way to the slowest of the watched receivers, which are spread among all.
 * All receivers of a room get the same bytes. The first to get some has them parsed: each message has to be the
 * next one, whole, and have the next seq where there is one. The others have them compared with those, byte for
 * byte. So every delivery is verified, at little more than the cost of reading it. Exit status 0 only if nothing
 * was lost, doubled, swapped or altered, and each post got its answer, in order.
 *
 * session and websocket are SESSIONS.md over TCP and over WebSocket; ws is a server that sends a text to all others.
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

enum { SEED, SESSION, WEBSOCKET, REDIS, MQTT, WS, PROTOS };
static const char *const PROTO[] = {"seed", "session", "websocket", "redis", "mqtt", "ws"};
enum { NUMBER = 12, WATCHED = 8, READ = 1 << 18, HEADER = 10 };

static int proto = -1, port, receivers = 100, size = 64, window = 64, server;
static long messages = 10000, warmup;
static const char UPGRADE[] = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n%s\r\n";

typedef struct { int fd; long pos, at; } conn; /* bytes that were right; messages, of the watched */
static conn *all, *sender, *watched[WATCHED];
static int watching, epoll;
static char *heard;             /* what every receiver gets, from the first message on */
static long heardBytes, heardMessages, parsedTo, room, lastSeq = -1, answered, answerSeq = -1, bad;
static long *ends;              /* by message, where it ends in what is heard */
static uint64_t *sentAt, *delivery, *answer;
static long deliveries, answers;
static char *out; static long outLength, outPos, sent;
static char *replies; static long repliesLength;
static unsigned long run;       /* ids of another run are other ids */

static uint64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }
static void fail(const char *what) { fprintf(stderr, "%s: %s\n", what, strerror(errno)); exit(2); }
static void wrong(const char *what, const char *bytes, long length) {
  if (bad++ < 3) fprintf(stderr, "%s: %.*s\n", what, (int)(length < 300 ? length : 300), bytes);
}
static double cpu(int pid) { /* seconds */
  char name[64], text[2048]; sprintf(name, "/proc/%d/stat", pid);
  FILE *f = pid ? fopen(name, "r") : 0; if (!f) return 0;
  size_t n = fread(text, 1, sizeof text - 1, f); fclose(f); text[n] = 0;
  unsigned long user = 0, kernel = 0;
  sscanf(strrchr(text, ')') + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel);
  return (double)(user + kernel) / sysconf(_SC_CLK_TCK);
}

/* ---- frames */

static int isWebSocket(void) { return proto == WEBSOCKET || proto == WS; }

/* A frame from a client: masked, where WebSocket wants that. Its length. */
static long frame(char *to, const char *content, long length) {
  if (!isWebSocket()) { int n = sprintf(to, "%-10ld", length); memcpy(to + n, content, length); return n + length; }
  static const unsigned char mask[4] = {0x5a, 0x13, 0xc7, 0x88};
  long n = 0; to[n++] = (char)0x81;
  if (length < 126) to[n++] = (char)(0x80 | length);
  else { to[n++] = (char)(0x80 | 126); to[n++] = (char)(length >> 8); to[n++] = (char)length; }
  memcpy(to + n, mask, 4); n += 4;
  for (long i = 0; i < length; i++) to[n + i] = content[i] ^ mask[i & 3];
  return n + length;
}

/* A frame from a server that stands whole in what has come: where its content begins and ends. 0 if it does not. */
static int next(const char *in, long length, long *from, long *to) {
  const unsigned char *u = (const unsigned char *)in;
  if (!isWebSocket()) {
    if (length < HEADER) return 0;
    *from = HEADER; *to = HEADER + atol(in);
  } else {
    if (length < 4) return 0;
    if (u[1] < 126) { *from = 2; *to = 2 + u[1]; }
    else { *from = 4; *to = 4 + (u[2] << 8 | u[3]); }
  }
  return *to <= length;
}

static int text(char *to, long number) { int n = sprintf(to, "%0*ld", NUMBER, number); memset(to + n, 'x', size - n); return size; }

static long compose(char *to, long number) {
  static char content[1 << 17]; int n;
  switch (proto) {
  case SEED: case WS: return frame(to, content, text(content, number));
  case SESSION: case WEBSOCKET:
    n = sprintf(content, "{\"type\":\"post\",\"id\":\"%lx-%ld\",\"room\":\"bench\",\"text\":\"", run, number);
    n += text(content + n, number); n += sprintf(content + n, "\"}");
    return frame(to, content, n);
  case REDIS:
    n = sprintf(to, "*3\r\n$7\r\nPUBLISH\r\n$5\r\nbench\r\n$%d\r\n", size);
    n += text(to + n, number); memcpy(to + n, "\r\n", 2); return n + 2;
  default: { /* MQTT: its length, seven bits a byte */
    int rest = 7 + size; n = 0; to[n++] = 0x30;
    do { to[n++] = (char)(rest % 128 | (rest >= 128 ? 128 : 0)); rest /= 128; } while (rest);
    memcpy(to + n, "\0\5bench", 7); n += 7; return n + text(to + n, number); }
  }
}

static long number(const char *in, long length, const char *field) {
  const char *found = memmem(in, length, field, strlen(field));
  return found ? atol(found + strlen(field)) : -1;
}

/* The next message in what is heard, if it is there whole; where its text begins. 0 if not. */
static long whole(const char *in, long length, long *begin) {
  long from, to, name, rest;
  switch (proto) {
  case SEED:
    if (!next(in, length, &from, &name) || !next(in + name, length - name, &from, &to)) return 0;
    *begin = name + from; return name + to;
  case WS:
    if (!next(in, length, &from, &to)) return 0;
    *begin = from; return to;
  case SESSION: case WEBSOCKET: {
    if (!next(in, length, &from, &to)) return 0;
    const char *found = memmem(in + from, to - from, "\"text\":\"", 8);
    long seq = number(in + from, to - from, "\"seq\":");
    if (!found || memcmp(in + from, "{\"type\":\"message\"", 17) || seq < 0 || (lastSeq >= 0 && seq != lastSeq + 1)) {
      wrong("not the next message", in, to); *begin = 0; return to;
    }
    lastSeq = seq; *begin = found + 8 - in; return to; }
  case REDIS: {
    char head[96]; int n = sprintf(head, "*3\r\n$7\r\nmessage\r\n$5\r\nbench\r\n$%d\r\n", size);
    *begin = n; return length < n + size + 2 ? 0 : n + size + 2; }
  default: {
    int n = 1; rest = 7 + size; do { n++; rest /= 128; } while (rest);
    *begin = n + 7; return length < n + 7 + size ? 0 : n + 7 + size; }
  }
}

static void parse(void) {
  static char wanted[1 << 17]; long begin, length;
  while ((length = whole(heard + parsedTo, heardBytes - parsedTo, &begin))) {
    if (heardMessages == messages) { wrong("one too many", heard + parsedTo, length); break; }
    text(wanted, heardMessages);
    if (begin + size > length || memcmp(heard + parsedTo + begin, wanted, size)) wrong("not the text", heard + parsedTo, length);
    parsedTo += length; ends[heardMessages++] = parsedTo;
  }
}

/* What the sender hears: the answers to its posts, in order. */
static void hearAnswers(void) {
  long o = 0, from, to;
  for (;;) {
    const char *in = replies + o;
    if (proto == REDIS) {
      const char *end = memchr(in, '\n', repliesLength - o);
      if (!end) break;
      if (in[0] != ':' || atol(in + 1) != receivers) wrong("not heard by all", in, end - in);
      o += end + 1 - in;
    } else if (proto == SESSION || proto == WEBSOCKET) {
      if (!next(in, repliesLength - o, &from, &to)) break;
      char id[64]; int n = sprintf(id, "\"id\":\"%lx-%ld\"", run, answered);
      long seq = number(in + from, to - from, "\"seq\":");
      if (!memmem(in + from, to - from, "\"type\":\"ack\"", 12) || !memmem(in + from, to - from, id, n)
          || (answerSeq >= 0 && seq != answerSeq + 1)) wrong("not the next ack", in + from, to - from);
      answerSeq = seq; o += to;
    } else { o = repliesLength; break; }
    if (answered >= warmup && answered < messages) answer[answers++] = now() - sentAt[answered];
    answered++;
  }
  memmove(replies, replies + o, repliesLength - o); repliesLength -= o;
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
static void enter(conn *c, int i, int isSender) {
  char content[512], bytes[600]; int n, one = 1;
  c->fd = socket(AF_INET, SOCK_STREAM, 0); if (c->fd < 0) fail("socket");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(c->fd, (void *)&to, sizeof to)) fail("connect");
  if (isWebSocket()) {
    put(c->fd, bytes, sprintf(bytes, UPGRADE, proto == WEBSOCKET ? "Sec-WebSocket-Protocol: chatroom.2\r\n" : ""));
    await(c->fd, "\r\n\r\n", 4);
  }
  switch (proto) {
  case SEED: n = sprintf(content, "user%06d", i); put(c->fd, bytes, frame(bytes, content, n)); break;
  case SESSION: put(c->fd, "CHATROOM/2", 10); /* and */
  case WEBSOCKET:
    n = sprintf(content, "{\"type\":\"hello\",\"v\":2,\"name\":\"user%06d\",\"client\":\"%032x\",\"rooms\":[{\"room\":\"bench\"}]}", i, i);
    put(c->fd, bytes, frame(bytes, content, n)); await(c->fd, "\"joined\"", 8); break;
  case REDIS: if (!isSender) { put(c->fd, "*2\r\n$9\r\nSUBSCRIBE\r\n$5\r\nbench\r\n", 31); await(c->fd, ":1\r\n", 4); } break;
  case MQTT:
    n = sprintf(bytes, "%c%c%c%cMQTT%c%c%c%c%c%cuser%06d", 0x10, 22, 0, 4, 4, 2, 0, 0, 0, 10, i);
    put(c->fd, bytes, n); await(c->fd, "\x20\x02", 2);
    if (!isSender) { put(c->fd, "\x82\x0a\0\1\0\5bench\0", 12); await(c->fd, "\x90\x03", 2); } break;
  }
}

/* Reads all that a room says while its members gather, until it has been quiet for longer than it gathers them. */
static void settle(int total) {
  static char in[READ]; uint64_t quiet = now();
  while (now() - quiet < 1500000000ull) {
    for (int i = 0; i < total; i++) {
      long n; while ((n = recv(all[i].fd, in, sizeof in, MSG_DONTWAIT)) > 0) quiet = now();
      if (n == 0) { fprintf(stderr, "the server closed connection %d\n", i); exit(2); }
    }
    usleep(20000);
  }
}

static void hear(conn *c) {
  static char in[READ];
  long n = recv(c->fd, c == sender ? replies + repliesLength : in, c == sender ? READ - repliesLength : READ, 0);
  if (n <= 0) { if (n < 0 && errno == EAGAIN) return; fprintf(stderr, "the server closed a connection\n"); exit(1); }
  if (c == sender) { repliesLength += n; hearAnswers(); return; }
  long known = heardBytes - c->pos; if (known > n) known = n;
  if (memcmp(in, heard + c->pos, known)) wrong("not what others heard", in, known);
  if (n > known) {
    if (heardBytes + n - known > room) { heard = realloc(heard, room = (heardBytes + n) * 2); if (!heard) fail("memory"); }
    memcpy(heard + heardBytes, in + known, n - known); heardBytes += n - known; parse();
  }
  c->pos += n;
}
static void measure(conn *c) {
  for (uint64_t t = now(); c->at < heardMessages && ends[c->at] <= c->pos; c->at++)
    if (c->at >= warmup) delivery[deliveries++] = t - sentAt[c->at];
}
static int ascending(const void *a, const void *b) { uint64_t x = *(uint64_t *)a, y = *(uint64_t *)b; return x < y ? -1 : x > y; }
static double micros(uint64_t *sorted, long count, double part) { return count ? sorted[(long)((count - 1) * part)] / 1e3 : 0; }

int main(int count, char **args) {
  for (int i = 1; i + 1 < count; i += 2) {
    char *k = args[i], *v = args[i + 1];
    if (!strcmp(k, "--proto")) { for (int p = 0; p < PROTOS; p++) if (!strcmp(v, PROTO[p])) proto = p; }
    else if (!strcmp(k, "--port")) port = atoi(v); else if (!strcmp(k, "--receivers")) receivers = atoi(v);
    else if (!strcmp(k, "--size")) size = atoi(v); else if (!strcmp(k, "--messages")) messages = atol(v);
    else if (!strcmp(k, "--warmup")) warmup = atol(v); else if (!strcmp(k, "--window")) window = atoi(v);
    else if (!strcmp(k, "--pid")) server = atoi(v); else { fprintf(stderr, "%s is not known\n", k); return 2; }
  }
  if (proto < 0 || !port || size < NUMBER || size > 60000 || warmup >= messages || receivers < 1 || window < 1) {
    fprintf(stderr, "expected --proto, --port, a size of %d to 60000, and more messages than warm-up\n", NUMBER); return 2;
  }
  int total = receivers + 1; run = now();
  all = calloc(total, sizeof *all); sender = all + receivers; epoll = epoll_create1(0);
  ends = calloc(messages, sizeof *ends); sentAt = calloc(messages, sizeof *sentAt); answer = calloc(messages, sizeof *answer);
  delivery = calloc(messages * WATCHED, sizeof *delivery); replies = malloc(READ);
  heard = malloc(room = 1 << 24); out = malloc(window * (size + 256l));
  for (int i = 0; i < total; i++) enter(all + i, i, all + i == sender);
  settle(total);
  for (int i = 0; i < total; i++) {
    fcntl(all[i].fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = all + i}; epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &e);
  }
  for (int w = 0; w < WATCHED && w < receivers; w++) watched[watching++] = all + (long)w * receivers / (receivers < WATCHED ? receivers : WATCHED);

  uint64_t start = now(), moved = start, end; double cpuStart = cpu(server), mine = clock();
  long done = 0, before = -1; struct epoll_event events[512];
  int answering = proto == SESSION || proto == WEBSOCKET || proto == REDIS, measuring = !warmup;
  for (;;) {
    long low = messages;
    for (int w = 0; w < watching; w++) if (watched[w]->at < low) low = watched[w]->at;
    if (!measuring && low >= warmup) { measuring = 1; done = low; start = now(); cpuStart = cpu(server); mine = clock(); }
    if (outPos == outLength) {
      outPos = outLength = 0;
      for (; sent < messages && sent - low < window; sent++) { sentAt[sent] = now(); outLength += compose(out + outLength, sent); }
    }
    if (outPos < outLength) {
      long n = send(sender->fd, out + outPos, outLength - outPos, MSG_NOSIGNAL);
      if (n > 0) outPos += n; else if (n < 0 && errno != EAGAIN) fail("send");
    }
    int n = epoll_wait(epoll, events, 512, outPos < outLength ? 0 : 100);
    for (int i = 0; i < n; i++) hear(events[i].data.ptr);
    for (int w = 0; w < watching; w++) measure(watched[w]);
    long progress = 0, late = 0;
    if (low == messages || !n) for (int i = 0; i < receivers; i++) { progress += all[i].pos; late += all[i].pos < heardBytes; }
    if (low == messages && !late && (!answering || answered == messages)) { end = now(); break; }
    if (n) moved = now(); else if (progress != before) { before = progress; moved = now(); }
    if (now() - moved > 10000000000ull) { end = moved; break; }
  }
  double seconds = (end - start) / 1e9, used = cpu(server) - cpuStart, busy = (clock() - mine) / CLOCKS_PER_SEC / seconds;
  long got = 0; for (int i = 0; i < receivers; i++) { long m = 0; if (all[i].pos == heardBytes) m = heardMessages; else while (m < heardMessages && ends[m] <= all[i].pos) m++; got += m; }
  long lost = messages * receivers - got + (answering ? messages - answered : 0); double counted = got - done * (double)receivers;
  if (parsedTo != heardBytes) wrong("more than messages", heard + parsedTo, heardBytes - parsedTo);
  qsort(delivery, deliveries, sizeof *delivery, ascending); qsort(answer, answers, sizeof *answer, ascending);
  printf("{\"proto\":\"%s\",\"receivers\":%d,\"size\":%d,\"messages\":%ld,\"secs\":%.3f,\"per_s\":%.0f,\"bytes\":%.1f,\"lost\":%ld,"
         "\"bad\":%ld,\"p50_us\":%.0f,\"p99_us\":%.0f,\"answer_p50_us\":%.0f,\"answer_p99_us\":%.0f,"
         "\"cpu_ns_per_delivery\":%.1f,\"load_busy\":%.2f}\n",
         PROTO[proto], receivers, size, messages, seconds, counted / seconds, heardMessages ? (double)heardBytes / heardMessages : 0, lost,
         bad, micros(delivery, deliveries, .5), micros(delivery, deliveries, .99), micros(answer, answers, .5), micros(answer, answers, .99),
         used * 1e9 / counted, busy);
  return lost || bad;
}
