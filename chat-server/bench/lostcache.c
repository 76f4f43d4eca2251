/*
 * What a disk would do to the files below one directory, for a program that runs with this preloaded.
 *
 *     cc -O2 -shared -fPIC -o lostcache.so lostcache.c -ldl
 *     LOSTCACHE_DIR=/d LOSTCACHE_TRACE=/t LOSTCACHE_CONTROL=/c LD_PRELOAD=./lostcache.so java ...
 *
 * It writes down every change of those files, of their names, and every fsync, in the order in which they happened.
 * kept.py makes of that the directory as it would be after a loss of power: without what was not synced, or with some
 * of it. And it lets calls fail, as the control file says while the program runs. A kill -9 alone proves nothing about
 * fsync, because the page cache outlives the process.
 *
 * The program must name files by absolute paths. What it maps for writing is not seen; that it did is written down.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Of the C library there are two names of the same call each, for files beyond 2 GiB. */
#define REAL(name) __typeof__(&name) real = (__typeof__(&name))found(&cache, #name)
#define CACHED static void *cache

enum { CALL_OPEN = 1, CALL_WRITE = 2, CALL_SYNC = 4, CALL_TRUNCATE = 8, CALL_NAME = 16, CALL_READ = 32, CALL_MAP = 64 };

/* Shared with kept.py, which writes the first half. */
struct control {
  volatile uint32_t calls;      /* which calls fail, as bits */
  volatile uint32_t spare;      /* so many of them do not, first */
  volatile uint32_t times;      /* so many of them do then */
  volatile uint32_t error;      /* how: an errno */
  volatile uint32_t half;       /* a write that fails has written its first half */
  volatile uint32_t lie;        /* fsync does nothing: 1 each, 2 of a directory, 3 every other, at random */
  volatile uint32_t sync_micros;/* how long fsync takes at most */
  volatile uint32_t real_sync;  /* whether it also is one */
  volatile uint32_t seen;       /* how many calls of those kinds there were */
  volatile uint32_t failed;     /* how many of them have failed */
  volatile uint32_t begun;      /* how many times fsync has begun, */
  volatile uint32_t syncs;      /* and how many times it has ended */
};

struct record {
  uint32_t kind;   /* a letter */
  uint32_t file;   /* its number here */
  uint64_t offset; /* or the number of an fsync */
  uint32_t bytes;  /* that follow */
  uint32_t unused;
};

#define FILES 65536
static struct { ino_t inode; int used; } known[FILES]; /* by number */
static uint32_t next_file = 1;
static uint32_t file_of[FILES]; /* by descriptor; 0 is none of ours */
static char is_directory[FILES];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *directory;
static size_t directory_length;
static int trace = -1;
static struct control nothing, *control = &nothing;
static uint64_t next_sync;

static void *found(void **cache, const char *name) {
  if (!*cache) *cache = dlsym(RTLD_NEXT, name);
  return *cache;
}

static void die(const char *what) {
  dprintf(2, "lostcache: %s: %s\n", what, strerror(errno));
  _exit(99);
}

static ssize_t raw_write(int fd, const void *data, size_t bytes) {
  CACHED;
  REAL(write);
  return real(fd, data, bytes);
}

__attribute__((constructor)) static void begin(void) {
  const char *trace_name = getenv("LOSTCACHE_TRACE"), *control_name = getenv("LOSTCACHE_CONTROL");
  const char *name = getenv("LOSTCACHE_DIR");
  static void *cache;
  REAL(open);
  if (!name || !trace_name || !control_name) return;
  trace = real(trace_name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (trace < 0) die(trace_name);
  int fd = real(control_name, O_RDWR | O_CLOEXEC);
  if (fd < 0) die(control_name);
  control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (control == MAP_FAILED) die("mmap");
  close(fd);
  srandom((unsigned)getpid());
  directory_length = strlen(name);
  directory = name;
}

static int is_ours(const char *path) {
  return directory && path && !strncmp(path, directory, directory_length)
      && (path[directory_length] == '/' || !path[directory_length]);
}

static uint32_t file(int fd) {
  return directory && fd >= 0 && fd < FILES ? file_of[fd] : 0;
}

/* With the lock. One write each, so that what a killed process leaves behind is whole but for its end. */
static void tell(char kind, uint32_t number, uint64_t offset, const void *data, size_t bytes) {
  struct record head = {(uint32_t)kind, number, offset, (uint32_t)bytes, 0};
  struct iovec both[] = {{&head, sizeof head}, {(void *)data, bytes}};
  static void *cache;
  REAL(writev);
  if (real(trace, both, 2) != (ssize_t)(sizeof head + bytes)) die("the trace cannot be written");
}

/* Whether this call is to fail; sets errno. */
static int fails(uint32_t call) {
  uint32_t n;
  if (!(control->calls & call)) return 0;
  n = __sync_fetch_and_add(&control->seen, 1);
  if (n < control->spare || n - control->spare >= control->times) return 0;
  __sync_fetch_and_add(&control->failed, 1);
  errno = (int)control->error;
  return 1;
}

static int opened(int fd, const char *path, int flags, int existed) {
  struct stat about;
  uint32_t number = 0;
  if (fd >= FILES) die("too many files are open");
  if (fd < 0 || fstat(fd, &about)) return fd;
  if (existed)
    for (uint32_t i = 1; i < next_file; i++)
      if (known[i].used && known[i].inode == about.st_ino) number = i;
  if (!number) {
    if (next_file == FILES) die("too many files");
    number = next_file++;
    known[number].inode = about.st_ino;
    known[number].used = 1;
    tell(S_ISDIR(about.st_mode) ? 'd' : existed ? 'k' : 'c', number, 0, path, strlen(path));
  }
  if (flags & O_TRUNC) tell('t', number, 0, NULL, 0);
  file_of[fd] = number;
  is_directory[fd] = S_ISDIR(about.st_mode);
  return fd;
}

#define OPEN(name)                                                           \
  int name(const char *path, int flags, ...) {                               \
    CACHED;                                                                  \
    REAL(name);                                                              \
    mode_t mode = 0;                                                         \
    struct stat about;                                                       \
    int fd, existed;                                                         \
    va_list rest;                                                            \
    va_start(rest, flags);                                                   \
    if (flags & (O_CREAT | O_TMPFILE)) mode = va_arg(rest, mode_t);          \
    va_end(rest);                                                            \
    if (!is_ours(path)) return real(path, flags, mode);                      \
    if ((flags & (O_ACCMODE | O_CREAT)) && fails(CALL_OPEN)) return -1;      \
    pthread_mutex_lock(&lock);                                               \
    existed = !stat(path, &about);                                           \
    fd = opened(real(path, flags, mode), path, flags, existed);              \
    pthread_mutex_unlock(&lock);                                             \
    return fd;                                                               \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  CACHED;
  REAL(close);
  if (file(fd)) file_of[fd] = 0;
  return real(fd);
}

static ssize_t written(int fd, const void *data, ssize_t done, off64_t offset) {
  if (done > 0) tell('w', file_of[fd], (uint64_t)offset, data, (size_t)done);
  return done;
}

#define PWRITE(name)                                                         \
  ssize_t name(int fd, const void *data, size_t bytes, off64_t offset) {     \
    CACHED;                                                                  \
    REAL(name);                                                              \
    ssize_t done;                                                            \
    if (!file(fd)) return real(fd, data, bytes, offset);                     \
    if (fails(CALL_WRITE)) {                                                 \
      if (!control->half || bytes < 2) return -1;                            \
      bytes /= 2;                                                            \
    }                                                                        \
    pthread_mutex_lock(&lock);                                               \
    done = written(fd, data, real(fd, data, bytes, offset), offset);         \
    pthread_mutex_unlock(&lock);                                             \
    return done;                                                             \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int fd, const void *data, size_t bytes) {
  ssize_t done;
  if (!file(fd)) return raw_write(fd, data, bytes);
  if (fails(CALL_WRITE)) return -1;
  pthread_mutex_lock(&lock);
  done = raw_write(fd, data, bytes);
  written(fd, data, done, lseek64(fd, 0, SEEK_CUR) - done);
  pthread_mutex_unlock(&lock);
  return done;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  CACHED;
  REAL(writev);
  if (!file(fd)) return real(fd, parts, count);
  return write(fd, parts[0].iov_base, parts[0].iov_len); /* the caller goes on with the rest */
}

#define PREAD(name)                                                          \
  ssize_t name(int fd, void *data, size_t bytes, off64_t offset) {           \
    CACHED;                                                                  \
    REAL(name);                                                              \
    if (file(fd) && fails(CALL_READ)) return -1;                             \
    return real(fd, data, bytes, offset);                                    \
  }
PREAD(pread)
PREAD(pread64)

#define TRUNCATE(name)                                                       \
  int name(int fd, off64_t bytes) {                                          \
    CACHED;                                                                  \
    REAL(name);                                                              \
    int result;                                                              \
    if (!file(fd)) return real(fd, bytes);                                   \
    if (fails(CALL_TRUNCATE)) return -1;                                     \
    pthread_mutex_lock(&lock);                                               \
    result = real(fd, bytes);                                                \
    if (!result) tell('t', file_of[fd], (uint64_t)bytes, NULL, 0);           \
    pthread_mutex_unlock(&lock);                                             \
    return result;                                                           \
  }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

static int synced(int fd, int (*real)(int)) {
  uint64_t number;
  uint32_t lie = control->lie, micros = control->sync_micros;
  int result = 0;
  if (fails(CALL_SYNC)) { /* what was to be written is lost, though the program still reads it: Linux does that */
    int error = errno;
    pthread_mutex_lock(&lock);
    tell('f', file_of[fd], 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return -1;
  }
  pthread_mutex_lock(&lock);
  number = next_sync++;
  tell('b', file_of[fd], number, NULL, 0);
  control->begun++;
  pthread_mutex_unlock(&lock);
  if (micros) usleep((useconds_t)(random() % micros));
  if (control->real_sync) result = real(fd);
  __sync_fetch_and_add(&control->syncs, 1);
  if (result || lie == 1 || (lie == 2 && is_directory[fd]) || (lie == 3 && random() % 2)) return result;
  pthread_mutex_lock(&lock);
  tell('e', file_of[fd], number, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

#define SYNC(name)                                                           \
  int name(int fd) {                                                         \
    CACHED;                                                                  \
    REAL(name);                                                              \
    return file(fd) ? synced(fd, real) : real(fd);                           \
  }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
  CACHED;
  REAL(unlink);
  struct stat about;
  int result;
  if (!is_ours(path)) return real(path);
  if (fails(CALL_NAME)) return -1;
  pthread_mutex_lock(&lock);
  if (stat(path, &about)) about.st_ino = 0;
  result = real(path);
  if (!result) {
    tell('u', 0, 0, path, strlen(path));
    for (uint32_t i = 1; i < next_file; i++) /* another file may get that number */
      if (known[i].inode == about.st_ino) known[i].used = 0;
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int rename(const char *from, const char *to) {
  CACHED;
  REAL(rename);
  char both[2 * 4096];
  struct stat about;
  int result;
  if (!is_ours(from) && !is_ours(to)) return real(from, to);
  if (fails(CALL_NAME)) return -1;
  pthread_mutex_lock(&lock);
  if (stat(to, &about)) about.st_ino = 0;
  result = real(from, to);
  if (!result) {
    snprintf(both, sizeof both, "%s\n%s", from, to);
    tell('r', 0, 0, both, strlen(both));
    for (uint32_t i = 1; i < next_file; i++)
      if (known[i].inode == about.st_ino) known[i].used = 0;
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int mkdir(const char *path, mode_t mode) {
  CACHED;
  REAL(mkdir);
  int result;
  if (!is_ours(path)) return real(path, mode);
  if (fails(CALL_NAME)) return -1;
  pthread_mutex_lock(&lock);
  result = real(path, mode);
  if (!result) tell('m', 0, 0, path, strlen(path));
  pthread_mutex_unlock(&lock);
  return result;
}

#define MMAP(name)                                                           \
  void *name(void *at, size_t bytes, int access, int flags, int fd, off64_t offset) { \
    CACHED;                                                                  \
    REAL(name);                                                              \
    if (file(fd)) {                                                          \
      if (fails(CALL_MAP)) return MAP_FAILED;                                \
      if ((access & PROT_WRITE) && (flags & MAP_SHARED)) {                   \
        pthread_mutex_lock(&lock);                                           \
        tell('M', file_of[fd], (uint64_t)offset, NULL, 0);                   \
        pthread_mutex_unlock(&lock);                                         \
      }                                                                      \
    }                                                                        \
    return real(at, bytes, access, flags, fd, offset);                       \
  }
MMAP(mmap)
MMAP(mmap64)
