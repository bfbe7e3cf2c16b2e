// SPDX-License-Identifier: GPL-3.0-or-later
// The journal under everything that ends a process or damages a file: kill -9 while writing, torn tails of every
// length, damage in the middle, another sweep's journal, a second process, a full disk.
#define _GNU_SOURCE
#include "sweep/journal.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define IDENTITY "program simulate 1\nmodel 1a2b\nscenario 3c4d\noptions seed=1\n"

static struct arena arena;
static jmp_buf oom;
static struct diag diag;
static char folder[64], path[96];

static void begin(void) {
  strcpy(folder, "/tmp/journal-test-XXXXXX");
  cr_assert_not_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/journal", folder);
  arena_init(&arena, &oom);
  diag_init(&diag, &arena);
}

static void end(void) {
  char other[112];
  snprintf(other, sizeof other, "%s.new", path);
  unlink(other);
  unlink(path);
  rmdir(folder);
  arena_free(&arena);
}

TestSuite(journal, .init = begin, .fini = end);

struct seen {
  uint64_t count, sum;
  uint64_t refuse_at;
};

// Record k of these tests holds k bytes of value k and has type 7.
static bool see(void *context, const struct journal_record *r, struct diag *d) {
  struct seen *seen = context;
  (void)d;
  cr_assert_eq(r->type, 7);
  cr_assert_eq(r->number, ++seen->count);
  const unsigned char *bytes = r->data;
  for (size_t i = 0; i < r->size; i++) cr_assert_eq(bytes[i], r->size % 251);
  seen->sum += r->size;
  return seen->count != seen->refuse_at;
}

static bool append(struct journal *j, size_t k) {
  unsigned char *bytes = malloc(k + 1);
  memset(bytes, (int)(k % 251), k);
  bool good = journal_append(j, 7, bytes, k, &diag);
  free(bytes);
  return good;
}

static void make(size_t records) {
  struct journal *j = journal_open(path, IDENTITY, JOURNAL_CREATE, NULL, NULL, &diag);
  cr_assert_not_null(j);
  for (size_t k = 1; k <= records; k++) cr_assert(append(j, k * 100));
  cr_assert(journal_close(j, &diag));
}

static struct seen reopen(enum journal_mode mode) {
  struct seen seen = {0};
  struct journal *j = journal_open(path, IDENTITY, mode, see, &seen, &diag);
  if (!j) seen.count = UINT64_MAX;
  journal_close(j, &diag);
  return seen;
}

static off_t size_of(void) {
  struct stat info;
  cr_assert_eq(stat(path, &info), 0);
  return info.st_size;
}

static void flip(off_t at) {
  int fd = open(path, O_RDWR);
  unsigned char byte;
  cr_assert_eq(pread(fd, &byte, 1, at), 1);
  byte ^= 0x10;
  cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
  close(fd);
}

static enum error_id last_error(void) {
  return diag.messages.items[diag.messages.count - 1].id;
}

Test(journal, records_come_back_in_order_and_more_can_follow) {
  make(5);
  cr_expect_eq(reopen(JOURNAL_READ).count, 5);
  struct seen seen = {0};
  struct journal *j = journal_open(path, IDENTITY, JOURNAL_RESUME, see, &seen, &diag);
  cr_assert(append(j, 600));
  cr_expect_eq(journal_records(j), 6);
  cr_expect_eq(journal_size(j), (uint64_t)size_of());
  cr_assert(journal_close(j, &diag));
  cr_expect_eq(reopen(JOURNAL_RESUME).sum, 2100);
}

Test(journal, a_tail_torn_at_any_byte_is_cut_at_the_last_good_record) {
  make(3);
  off_t whole = size_of(), second = whole - 24 - 300;
  for (off_t cut = whole - 1; cut >= second; cut -= 13) {
    cr_assert_eq(truncate(path, cut), 0);
    cr_expect_eq(reopen(JOURNAL_READ).count, 2, "cut at %ld", (long)cut);
    cr_expect_eq(size_of(), cut, "reading changes nothing");
    cr_expect_eq(reopen(JOURNAL_RESUME).count, 2, "cut at %ld", (long)cut);
    cr_expect_eq(size_of(), second);
    struct journal *j = journal_open(path, IDENTITY, JOURNAL_RESUME, NULL, NULL, &diag);
    cr_assert(append(j, 300));
    cr_assert(journal_close(j, &diag));
    cr_assert_eq(size_of(), whole);
  }
}

Test(journal, a_tail_of_garbage_or_zeros_is_cut) {
  make(3);
  off_t whole = size_of();
  int fd = open(path, O_WRONLY | O_APPEND);
  char zeros[5000] = {0};
  memset(zeros + 2000, 'R', 1000);
  cr_assert_eq(write(fd, zeros, sizeof zeros), sizeof zeros);
  close(fd);
  cr_expect_eq(reopen(JOURNAL_RESUME).count, 3);
  cr_expect_eq(size_of(), whole);
}

Test(journal, damage_in_the_middle_is_refused_naming_the_last_good_record) {
  make(4);
  off_t whole = size_of(), third = whole - 2 * 24 - 400 - 300;
  for (off_t at = third; at < third + 24 + 300; at += 17) {
    flip(at);
    cr_expect_eq(reopen(JOURNAL_RESUME).count, UINT64_MAX, "damage at %ld", (long)at);
    cr_expect_eq(last_error(), ERROR_journal_corrupt);
    cr_expect_not_null(strstr(diag.messages.items[diag.messages.count - 1].text, "after record 2 "));
    cr_expect_eq(size_of(), whole, "the file is left as it is");
    flip(at);
  }
  cr_expect_eq(reopen(JOURNAL_RESUME).count, 4);
}

Test(journal, another_sweep_is_refused_naming_what_differs) {
  make(1);
  cr_assert_null(journal_open(path, "program simulate 1\nmodel 9f9f\nscenario 3c4d\noptions seed=1\n", JOURNAL_RESUME,
                              NULL, NULL, &diag));
  cr_expect_eq(last_error(), ERROR_journal_other);
  cr_expect_not_null(strstr(diag.messages.items[0].text, "'model 1a2b'"));
  cr_expect_not_null(strstr(diag.messages.items[0].text, "'model 9f9f'"));
}

Test(journal, a_second_process_is_refused_while_the_first_lives) {
  struct journal *j = journal_open(path, IDENTITY, JOURNAL_CREATE, NULL, NULL, &diag);
  cr_assert_not_null(j);
  cr_expect_null(journal_open(path, IDENTITY, JOURNAL_RESUME, NULL, NULL, &diag));
  cr_expect_eq(last_error(), ERROR_journal_busy);
  cr_assert(journal_compact(j, 7, "", 0, &diag));
  cr_expect_null(journal_open(path, IDENTITY, JOURNAL_RESUME, NULL, NULL, &diag));
  cr_expect_eq(last_error(), ERROR_journal_busy);
  cr_assert(journal_close(j, &diag));
  cr_expect_eq(reopen(JOURNAL_RESUME).count, 1);
}

Test(journal, an_existing_journal_is_not_started_over_and_a_missing_one_not_resumed) {
  cr_expect_null(journal_open(path, IDENTITY, JOURNAL_RESUME, NULL, NULL, &diag));
  cr_expect_eq(last_error(), ERROR_journal_missing);
  make(1);
  cr_expect_null(journal_open(path, IDENTITY, JOURNAL_CREATE, NULL, NULL, &diag));
  cr_expect_eq(last_error(), ERROR_journal_exists);
}

Test(journal, a_header_cut_by_a_kill_is_written_again) {
  make(0);
  off_t whole = size_of();
  for (off_t cut = 0; cut < whole; cut += 5) {
    cr_assert_eq(truncate(path, cut), 0);
    cr_expect_eq(reopen(cut % 2 ? JOURNAL_RESUME : JOURNAL_CREATE).count, 0, "cut at %ld", (long)cut);
    cr_expect_eq(size_of(), whole);
  }
}

Test(journal, a_file_that_is_no_journal_is_refused_and_left_alone) {
  FILE *f = fopen(path, "w");
  fputs("a text that someone keeps", f);
  fclose(f);
  cr_expect_eq(reopen(JOURNAL_RESUME).count, UINT64_MAX);
  cr_expect_eq(last_error(), ERROR_journal_format);
  cr_expect_null(journal_open(path, IDENTITY, JOURNAL_CREATE, NULL, NULL, &diag));
  cr_expect_eq(size_of(), 25);
}

Test(journal, a_visitor_that_refuses_ends_the_opening) {
  make(4);
  struct seen seen = {.refuse_at = 2};
  cr_expect_null(journal_open(path, IDENTITY, JOURNAL_RESUME, see, &seen, &diag));
  cr_expect_eq(seen.count, 2);
}

// RLIMIT_FSIZE makes write fail as a full disk does (EFBIG for ENOSPC), also in the middle of a record.
Test(journal, a_full_disk_is_an_error_and_keeps_what_was_written) {
  struct journal *j = journal_open(path, IDENTITY, JOURNAL_CREATE, NULL, NULL, &diag);
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit old, low = {20000, RLIM_INFINITY};
  getrlimit(RLIMIT_FSIZE, &old);
  low.rlim_max = old.rlim_max;
  cr_assert_eq(setrlimit(RLIMIT_FSIZE, &low), 0);
  size_t k = 1;
  while (append(j, k * 100)) k++;
  setrlimit(RLIMIT_FSIZE, &old);
  cr_expect_eq(last_error(), ERROR_journal_write);
  cr_expect_eq(diag.exit, EXIT_IO);
  cr_expect_eq((uint64_t)size_of(), journal_size(j), "cut back to the last whole record");
  cr_assert(journal_close(j, &diag));
  cr_expect_eq(reopen(JOURNAL_RESUME).count, k - 1);
}

Test(journal, records_are_read_again_while_it_is_open_also_after_compacting) {
  make(3);
  struct journal *j = journal_open(path, IDENTITY, JOURNAL_RESUME, NULL, NULL, &diag);
  cr_assert(append(j, 400));
  struct seen seen = {0};
  cr_assert(journal_reread(j, see, &seen, &diag));
  cr_expect(seen.count == 4 && seen.sum == 1000);
  cr_assert(append(j, 500));
  unsigned char bytes[700];
  memset(bytes, 700 % 251, sizeof bytes);
  cr_assert(journal_compact(j, 7, bytes, sizeof bytes, &diag));
  seen = (struct seen){0};
  cr_assert(journal_reread(j, see, &seen, &diag));
  cr_expect(seen.count == 1 && seen.sum == 700);
  flip((off_t)journal_size(j) - 5);
  cr_expect_not(journal_reread(j, see, &seen, &diag), "damage under way is seen");
  cr_expect_eq(last_error(), ERROR_file_read);
  cr_expect(journal_sync(j, &diag));
  journal_close(j, &diag);
}

Test(journal, compacting_leaves_one_record_and_no_other_file) {
  struct journal *j = journal_open(path, IDENTITY, JOURNAL_CREATE, NULL, NULL, &diag);
  for (size_t k = 1; k <= 20; k++) cr_assert(append(j, k * 100));
  unsigned char bytes[300];
  memset(bytes, 300 % 251, sizeof bytes);
  cr_assert(journal_compact(j, 7, bytes, sizeof bytes, &diag));
  cr_assert(append(j, 400));
  cr_assert(journal_close(j, &diag));
  struct seen seen = reopen(JOURNAL_RESUME);
  cr_expect(seen.count == 2 && seen.sum == 700);
  char other[112];
  snprintf(other, sizeof other, "%s.new", path);
  cr_expect_neq(access(other, F_OK), 0);
}

Test(journal, a_process_killed_at_any_moment_loses_only_its_last_record) {
  unsigned seed = 4711;
  for (int trial = 0; trial < 20; trial++) {
    unlink(path);
    int told[2];
    cr_assert_eq(pipe(told), 0);
    pid_t child = fork();
    if (child == 0) {
      struct journal *j = journal_open(path, IDENTITY, JOURNAL_CREATE, NULL, NULL, &diag);
      for (uint32_t k = 1;; k++)
        if (!j || !append(j, k * 100) || write(told[1], &k, sizeof k) != sizeof k) _exit(1);
    }
    close(told[1]);
    usleep(1000 + (useconds_t)(rand_r(&seed) % 20000));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    uint32_t last = 0, k;
    while (read(told[0], &k, sizeof k) == sizeof k) last = k;
    close(told[0]);
    if (access(path, F_OK) != 0) continue;  // killed before it began
    uint64_t count = reopen(JOURNAL_RESUME).count;
    cr_expect(count == last || count == last + 1, "trial %d: %u told, %llu found", trial, last,
              (unsigned long long)count);
  }
}
