// SPDX-License-Identifier: GPL-3.0-or-later
// See journal.h. On disk, all little-endian:
//     header:  "SIMJRNL1"  u64 size of the identity  identity  u32 CRC-32C of all before
//     record:  "RECD"  u32 type  u64 size  u32 CRC of the data  u32 CRC of the 20 bytes before  data
// A record's head has a checksum of its own, so that a search for good records after a bad one cannot be led astray by
// a damaged length.
#define _GNU_SOURCE  // flock, O_CLOEXEC
#include "sweep/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/pack.h"

#define MAGIC "SIMJRNL1"
#define SYNC_SECONDS 1

struct record_head {
  char magic[4];
  uint32_t type;
  uint64_t size;
  uint32_t data_crc, head_crc;
};
_Static_assert(sizeof(struct record_head) == 24, "the head has no padding");

struct journal {
  char *path, *identity;
  int fd;
  enum journal_mode mode;
  uint64_t end, records;  // of the last whole record
  time_t synced;
  pthread_mutex_t lock;
  pthread_mutex_t syncing;  // taken before `lock` where both are
};

static bool fail_write(const struct journal *j, int reason, struct diag *diag) {
  if (reason == ENOMEM)
    diag_error(diag, NOWHERE, memory);
  else
    diag_error(diag, NOWHERE, journal_write, j->path, strerror(reason ? reason : EIO));
  return false;
}

static bool fail_read(const struct journal *j, int reason, struct diag *diag) {
  if (reason == ENOMEM)
    diag_error(diag, NOWHERE, memory);
  else
    diag_error(diag, NOWHERE, file_read, j->path, strerror(reason));
  return false;
}

static bool write_all(int fd, const void *data, size_t size, uint64_t at) {
  const char *bytes = data;
  while (size > 0) {
    ssize_t n = pwrite(fd, bytes, size, (off_t)at);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = ENOSPC;
    if (n <= 0) return false;
    bytes += n;
    at += (uint64_t)n;
    size -= (size_t)n;
  }
  return true;
}

// 1: all read, 0: the file ends before, -1: an error.
static int read_all(int fd, void *data, size_t size, uint64_t at) {
  char *bytes = data;
  while (size > 0) {
    ssize_t n = pread(fd, bytes, size, (off_t)at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return (int)n;
    bytes += n;
    at += (uint64_t)n;
    size -= (size_t)n;
  }
  return 1;
}

static uint64_t header_size(const char *identity) {
  return 8 + 8 + strlen(identity) + 4;
}

static struct text make_header(const char *identity) {
  struct text header = {0};
  uint64_t size = strlen(identity);
  pack_bytes(&header, MAGIC, 8);
  pack_bytes(&header, &size, sizeof size);
  pack_bytes(&header, identity, size);
  uint32_t crc = header.failed ? 0 : pack_crc(0, header.data, header.size);
  pack_bytes(&header, &crc, sizeof crc);
  if (header.failed) errno = ENOMEM;
  return header;
}

static bool write_header(int fd, const char *identity, uint64_t *end) {
  struct text header = make_header(identity);
  bool good = !header.failed && write_all(fd, header.data, header.size, 0) && fdatasync(fd) == 0;
  *end = header.size;
  text_free(&header);
  return good;
}

static struct record_head make_head(uint32_t type, const void *data, size_t size) {
  struct record_head h = {{'R', 'E', 'C', 'D'}, type, size, pack_crc(0, data, size), 0};
  h.head_crc = pack_crc(0, &h, 20);
  return h;
}

static bool good_head(const struct record_head *h) {
  return memcmp(h->magic, "RECD", 4) == 0 && h->head_crc == pack_crc(0, h, 20) && h->size <= LIMIT_RECORD_BYTES;
}

// Names the first line in which two identities differ.
static void report_other(const struct journal *j, const char *found, const char *wanted, struct diag *diag) {
  while (*found && *wanted) {
    size_t n = strcspn(found, "\n"), m = strcspn(wanted, "\n");
    if (n != m || memcmp(found, wanted, n) != 0) break;
    found += n + (found[n] != 0);
    wanted += m + (wanted[m] != 0);
  }
  const char *a = arena_copy(diag->arena, found, strcspn(found, "\n"));
  const char *b = arena_copy(diag->arena, wanted, strcspn(wanted, "\n"));
  diag_error(diag, NOWHERE, journal_other, j->path, a, b);
}

// The identity in the file, on the heap, or NULL: no whole header.
static char *read_identity(int fd) {
  char start[16];
  uint64_t size;
  if (read_all(fd, start, sizeof start, 0) != 1 || memcmp(start, MAGIC, 8) != 0) return NULL;
  memcpy(&size, start + 8, sizeof size);
  char *text = size <= LIMIT_JOURNAL_IDENTITY ? mem_alloc(size + 5) : NULL;
  if (!text && size <= LIMIT_JOURNAL_IDENTITY) errno = ENOMEM;
  uint32_t crc = pack_crc(0, start, sizeof start);
  if (text && read_all(fd, text, size + 4, 16) == 1) {
    uint32_t stored;
    memcpy(&stored, text + size, sizeof stored);
    text[size] = 0;
    if (stored == pack_crc(crc, text, size) && !memchr(text, 0, size)) return text;
  }
  mem_free(text);
  return NULL;
}

static bool check_header(struct journal *j, struct diag *diag) {
  errno = 0;
  char *found = read_identity(j->fd);
  if (!found && errno == ENOMEM) return fail_read(j, errno, diag);
  if (!found) {
    diag_error(diag, NOWHERE, journal_format, j->path);
    return false;
  }
  bool same = !j->identity || strcmp(found, j->identity) == 0;
  j->end = header_size(found);
  if (!same) {
    // The message is copied into an arena, which may jump; the identity must not be lost with it.
    jmp_buf *outer = diag->arena->oom, here;
    if (setjmp(here)) {
      diag->arena->oom = outer;
      mem_free(found);
      arena_fail(diag->arena);
    }
    diag->arena->oom = &here;
    report_other(j, found, j->identity, diag);
    diag->arena->oom = outer;
  }
  mem_free(found);
  return same;
}

// Reads one record at `at` into *data (heap). 1: good, 0: not a whole good record, -1: no memory or an I/O error.
static int read_record(int fd, uint64_t at, uint64_t file_size, struct record_head *head, char **data) {
  *data = NULL;
  int got = read_all(fd, head, sizeof *head, at);
  if (got != 1) return got;
  if (!good_head(head) || head->size > file_size - at - sizeof *head) return 0;
  *data = mem_alloc(head->size);
  if (!*data) {
    errno = ENOMEM;
    return -1;
  }
  got = read_all(fd, *data, head->size, at + sizeof *head);
  if (got == 1 && pack_crc(0, *data, head->size) == head->data_crc) return 1;
  mem_free(*data);
  *data = NULL;
  return got < 0 ? -1 : 0;
}

// Is there a good record anywhere after `at`? Reads in pieces that overlap by a head.
static int find_good_after(int fd, uint64_t at, uint64_t file_size) {
  static const size_t piece = 1 << 16;
  char *buffer = mem_alloc(piece);
  int found = buffer ? 0 : -1;
  if (!buffer) errno = ENOMEM;
  for (uint64_t from = at + 1; found == 0 && from + sizeof(struct record_head) <= file_size;
       from += piece - sizeof(struct record_head)) {
    size_t size = file_size - from < piece ? (size_t)(file_size - from) : piece;
    if (read_all(fd, buffer, size, from) != 1) break;
    for (size_t i = 0; found == 0 && i + sizeof(struct record_head) <= size; i++) {
      struct record_head head;
      char *data;
      if (buffer[i] != 'R' || memcmp(buffer + i, "RECD", 4) != 0) continue;
      found = read_record(fd, from + i, file_size, &head, &data);
      mem_free(data);
    }
  }
  mem_free(buffer);
  return found;
}

// What follows the last good record: nothing, a torn tail (cut off unless only reading), or damage.
static bool end_records(struct journal *j, uint64_t file_size, struct diag *diag) {
  if (j->end == file_size) return true;
  int later = find_good_after(j->fd, j->end, file_size);
  if (later > 0)
    diag_error(diag, NOWHERE, journal_corrupt, j->path, (unsigned long long)j->records, (unsigned long long)j->end,
               "good records follow the damage, so this is no interrupted write");
  else if (later < 0)
    fail_read(j, errno, diag);
  if (later != 0 || j->mode == JOURNAL_READ) return later == 0;
  if (ftruncate(j->fd, (off_t)j->end) == 0 && fdatasync(j->fd) == 0) return true;
  return fail_write(j, errno, diag);
}

static bool visit_records(struct journal *j, journal_visit *visit, void *context, struct diag *diag) {
  struct stat info;
  int got = fstat(j->fd, &info) == 0 ? 1 : -1;
  while (got == 1) {
    struct record_head head;
    char *data;
    got = read_record(j->fd, j->end, (uint64_t)info.st_size, &head, &data);
    if (got != 1) break;
    struct journal_record record = {head.type, j->records + 1, data, head.size};
    bool good = !visit || visit(context, &record, diag);
    mem_free(data);
    if (!good) return false;
    j->end += sizeof head + head.size;
    j->records++;
  }
  if (got == 0) return end_records(j, (uint64_t)info.st_size, diag);
  return fail_read(j, errno, diag);
}

bool journal_reread(const struct journal *j, journal_visit *visit, void *context, struct diag *diag) {
  uint64_t at = header_size(j->identity);
  for (uint64_t number = 1; at < j->end; number++) {
    struct record_head head;
    char *data;
    int got = read_record(j->fd, at, j->end, &head, &data);
    if (got != 1) {
      diag_error(diag, NOWHERE, file_read, j->path, strerror(got < 0 ? errno : EIO));
      return false;
    }
    bool good = visit(context, &(struct journal_record){head.type, number, data, head.size}, diag);
    mem_free(data);
    if (!good) return false;
    at += sizeof head + head.size;
  }
  return true;
}

static bool open_file(struct journal *j, struct diag *diag) {
  int flags = j->mode == JOURNAL_CREATE ? O_RDWR | O_CREAT : j->mode == JOURNAL_RESUME ? O_RDWR : O_RDONLY;
  j->fd = open(j->path, flags | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (j->fd < 0) {
    if (errno == ENOENT && j->mode == JOURNAL_RESUME)
      diag_error(diag, NOWHERE, journal_missing, j->path);
    else if (errno == ENOENT && j->mode == JOURNAL_READ)
      diag_error(diag, NOWHERE, journal_none, j->path);
    else
      diag_error(diag, NOWHERE, file_open, j->path, strerror(errno));
    return false;
  }
  if (flock(j->fd, (j->mode == JOURNAL_READ ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0) return true;
  if (errno == EWOULDBLOCK)
    diag_error(diag, NOWHERE, journal_busy, j->path);
  else
    diag_error(diag, NOWHERE, file_open, j->path, strerror(errno));
  return false;
}

// Empty, or the beginning of our own header: a process was killed before it had written that. False: memory is out.
static bool is_unborn(const struct journal *j, bool *unborn) {
  struct stat info;
  struct text header = make_header(j->identity);
  char *found = NULL;
  *unborn = false;
  bool small = fstat(j->fd, &info) == 0 && (uint64_t)info.st_size < header.size, good = !header.failed;
  if (good && small && (good = (found = mem_alloc((size_t)info.st_size)) != NULL))
    *unborn =
        read_all(j->fd, found, (size_t)info.st_size, 0) == 1 && memcmp(found, header.data, (size_t)info.st_size) == 0;
  mem_free(found);
  text_free(&header);
  return good;
}

static bool begin(struct journal *j, journal_visit *visit, void *context, struct diag *diag) {
  bool unborn = false;
  if (!open_file(j, diag)) return false;
  if (j->mode != JOURNAL_READ && !is_unborn(j, &unborn)) {
    diag_error(diag, NOWHERE, memory);
    return false;
  }
  if (unborn) return write_header(j->fd, j->identity, &j->end) || fail_write(j, errno, diag);
  if (j->mode != JOURNAL_CREATE) return check_header(j, diag) && visit_records(j, visit, context, diag);
  diag_error(diag, NOWHERE, journal_exists, j->path);
  return false;
}

static void release(struct journal *j) {
  if (!j) return;
  if (j->fd >= 0) close(j->fd);
  pthread_mutex_destroy(&j->lock);
  pthread_mutex_destroy(&j->syncing);
  mem_free(j->path);
  mem_free(j->identity);
  mem_free(j);
}

static char *copy_text(const char *text) {
  if (!text) return NULL;
  size_t size = strlen(text) + 1;
  char *copy = mem_alloc(size);
  return copy ? memcpy(copy, text, size) : NULL;
}

struct journal *journal_open(const char *path, const char *identity, enum journal_mode mode, journal_visit *visit,
                             void *context, struct diag *diag) {
  struct journal *j = mem_alloc(sizeof *j);
  if (j) {
    *j = (struct journal){.path = copy_text(path), .identity = copy_text(identity), .fd = -1, .mode = mode};
    pthread_mutex_init(&j->lock, NULL);
    pthread_mutex_init(&j->syncing, NULL);
  }
  if (!j || !j->path || (identity && !j->identity)) {
    release(j);
    diag_error(diag, NOWHERE, memory);
    return NULL;
  }
  // Messages lie in an arena, which may jump.
  jmp_buf *outer = diag->arena->oom, here;
  if (setjmp(here)) {
    diag->arena->oom = outer;
    release(j);
    arena_fail(diag->arena);
  }
  diag->arena->oom = &here;
  bool good = begin(j, visit, context, diag);
  diag->arena->oom = outer;
  if (good) return j;
  release(j);
  return NULL;
}

// Head and data in one go would need a copy; a kill between the two leaves a torn tail, which is cut.
static bool write_record(int fd, uint32_t type, const void *data, size_t size, uint64_t *end) {
  struct record_head head = make_head(type, data, size);
  if (!write_all(fd, &head, sizeof head, *end) || !write_all(fd, data, size, *end + sizeof head)) return false;
  *end += sizeof head + size;
  return true;
}

static time_t now(void) {
  struct timespec t;
  return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? t.tv_sec : 0;
}

static bool append_locked(struct journal *j, uint32_t type, const void *data, size_t size, int *reason) {
  uint64_t end = j->end;
  if (!write_record(j->fd, type, data, size, &end)) {
    *reason = errno;
    (void)!ftruncate(j->fd, (off_t)j->end);  // a torn tail is cut at the next opening anyway
    return false;
  }
  j->end = end;
  j->records++;
  return true;
}

bool journal_append(struct journal *j, uint32_t type, const void *data, size_t size, struct diag *diag) {
  int reason = EFBIG;
  pthread_mutex_lock(&j->lock);
  bool good = size <= LIMIT_RECORD_BYTES && append_locked(j, type, data, size, &reason);
  pthread_mutex_unlock(&j->lock);
  return good || fail_write(j, reason, diag);
}

bool journal_sync(struct journal *j, struct diag *diag) {
  if (pthread_mutex_trylock(&j->syncing) != 0) return true;
  bool good = true;
  if (now() - j->synced >= SYNC_SECONDS) {
    j->synced = now();
    good = fdatasync(j->fd) == 0;
  }
  int reason = errno;
  pthread_mutex_unlock(&j->syncing);
  return good || fail_write(j, reason, diag);
}

// The new file is locked before it takes the old one's name, so that no one can come between.
static bool compact_locked(struct journal *j, const char *temporary, uint32_t type, const void *data, size_t size) {
  uint64_t end;
  int fd = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (fd < 0) return false;
  bool good = flock(fd, LOCK_EX | LOCK_NB) == 0 && write_header(fd, j->identity, &end) &&
              write_record(fd, type, data, size, &end) && fdatasync(fd) == 0 && rename(temporary, j->path) == 0;
  if (!good) {
    int reason = errno;
    unlink(temporary);
    close(fd);
    errno = reason;
    return false;
  }
  close(j->fd);
  j->fd = fd;
  j->end = end;
  j->records = 1;
  return true;
}

bool journal_compact(struct journal *j, uint32_t type, const void *data, size_t size, struct diag *diag) {
  struct text temporary = {0};
  text_printf(&temporary, "%s.new", j->path);
  int reason = ENOMEM;
  bool good = false;
  pthread_mutex_lock(&j->syncing);
  pthread_mutex_lock(&j->lock);
  if (!temporary.failed && size <= LIMIT_RECORD_BYTES) {
    good = compact_locked(j, temporary.data, type, data, size);
    reason = errno;
  }
  pthread_mutex_unlock(&j->lock);
  pthread_mutex_unlock(&j->syncing);
  text_free(&temporary);
  return good || fail_write(j, reason, diag);
}

uint64_t journal_size(const struct journal *j) {
  return j->end;
}
uint64_t journal_records(const struct journal *j) {
  return j->records;
}

bool journal_close(struct journal *j, struct diag *diag) {
  if (!j) return true;
  bool good = j->mode == JOURNAL_READ || fdatasync(j->fd) == 0 || fail_write(j, errno, diag);
  release(j);
  return good;
}
