// SPDX-License-Identifier: GPL-3.0-or-later
// Tests of sim/base: arenas, maps, text, sources, diagnostics, and the heap whose k-th request can fail. Properties
// draw their cases from a seed that a failure prints; SEED=n in the environment repeats it.
#include <criterion/criterion.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/source.h"
#include "base/text.h"
#include "test_support.h"

static struct arena arena;
static struct diag diag;
static unsigned long long seed;
static uint64_t state;

static void set_up(void) {
  arena_init(&arena, NULL);  // tests that expect a jump arm a place; any other jump crashes
  diag_init(&diag, &arena);
  seed = support_seed();
  state = seed;
}
static void tear_down(void) {
  mem_fail_at(0);
  arena_free(&arena);
}
TestSuite(base, .init = set_up, .fini = tear_down);

static uint64_t draw(void) {
  return support_draw(&state);
}

static const char *printed(void) {
  return support_printed(&diag);
}

static struct source *source_of(const char *text) {
  return source_from_text(&arena, "model.yaml", text, strlen(text), &diag);
}

static struct span span_of(const struct source *s, const char *part) {
  return (struct span){s, (uint32_t)(strstr(s->text, part) - s->text), (uint32_t)strlen(part)};
}

static const char *temporary_file(const char *content, size_t size) {
  static char path[64];
  strcpy(path, "/tmp/simulate-base-XXXXXX");
  int file = mkstemp(path);
  cr_assert(file >= 0);
  cr_assert_eq(write(file, content, size), (ssize_t)size);
  close(file);
  return path;
}

// arena

Test(base, arena_memory_is_zeroed_aligned_and_does_not_overlap) {
  enum { PIECES = 2000 };
  static unsigned char *pieces[PIECES];
  static size_t sizes[PIECES];
  for (int i = 0; i < PIECES; i++) {
    sizes[i] = draw() % (i % 100 ? 300 : 3000000);
    pieces[i] = arena_alloc(&arena, sizes[i]);
    cr_assert_eq((uintptr_t)pieces[i] % 16, 0, "SEED=%llu", seed);
    for (size_t j = 0; j < sizes[i]; j++) cr_assert_eq(pieces[i][j], 0, "SEED=%llu piece %d", seed, i);
    memset(pieces[i], i & 0xFF, sizes[i]);
  }
  for (int i = 0; i < PIECES; i++)
    for (size_t j = 0; j < sizes[i]; j++)
      cr_assert_eq(pieces[i][j], i & 0xFF, "SEED=%llu piece %d was overwritten", seed, i);
}

Test(base, arena_jumps_when_a_product_of_sizes_overflows) {
  volatile int jumps = 0;
  jmp_buf here;
  arena.oom = &here;
  if (setjmp(here)) jumps++;
  if (jumps == 0) arena_alloc_array(&arena, SIZE_MAX / 2, 3);
  if (jumps == 1) arena_alloc(&arena, SIZE_MAX - 3);
  if (jumps == 2) arena_copy(&arena, "", SIZE_MAX);
  cr_assert_eq(jumps, 3);
}

Test(base, arena_jumps_to_its_owner_when_the_heap_is_empty_and_stays_usable) {
  volatile bool jumped = false;
  char *kept = arena_string(&arena, "kept");
  jmp_buf here;
  arena.oom = &here;
  if (!setjmp(here)) {
    mem_fail_at(1);
    arena_alloc(&arena, 1 << 20);
  } else {
    jumped = true;
  }
  mem_fail_at(0);
  cr_assert(jumped);
  cr_assert_str_eq(kept, "kept");
  cr_assert_not_null(arena_alloc(&arena, 1 << 20));
}

Test(base, lists_keep_every_item_while_they_grow) {
  LIST(size_t) list = {0};
  for (size_t i = 0; i < 10000; i++) list_push(&arena, &list) = i * i;
  cr_assert_eq(list.count, 10000);
  for (size_t i = 0; i < list.count; i++) cr_assert_eq(list.items[i], i * i);
}

Test(base, arena_format_makes_room_for_long_text) {
  char *text = arena_format(&arena, "%05000d|%s", 7, "end");
  cr_assert_eq(strlen(text), 5004);
  cr_assert_str_eq(text + 4999, "7|end");
}

// map

Test(base, map_finds_every_key_it_was_given_and_no_other) {
  struct map map;
  map_init(&map, &arena);
  for (uint32_t i = 0; i < 5000; i++) cr_assert_eq(map_add(&map, arena_format(&arena, "key %u", i * 7), i), i);
  cr_assert_eq(map.count, 5000);
  for (uint32_t i = 0; i < 5000 * 7; i++) {
    uint32_t value = map_get(&map, arena_format(&arena, "key %u", i));
    cr_assert_eq(value, i % 7 ? MAP_NONE : i / 7);
  }
}

Test(base, map_keeps_the_first_value_of_a_key) {
  struct map map;
  map_init(&map, &arena);
  map_add(&map, "gdp", 3);
  cr_assert_eq(map_add(&map, "gdp", 4), 3);
  cr_assert_eq(map_get(&map, "gdp"), 3);
  cr_assert_eq(map.count, 1);
}

Test(base, a_zeroed_map_is_empty) {
  cr_assert_eq(map_get(&(struct map){0}, "x"), MAP_NONE);
}

Test(base, a_map_is_whole_after_its_growth_failed) {
  struct map map;
  map_init(&map, &arena);
  const char *keys[2000];
  for (size_t i = 0; i < 2000; i++) keys[i] = arena_format(&arena, "k%zu", i);
  volatile uint32_t added = 0;
  jmp_buf here;
  arena.oom = &here;
  mem_fail_at(1);
  if (!setjmp(here))
    for (uint32_t i = 0; i < 2000; i++) map_add(&map, keys[i], i), added = i + 1;
  mem_fail_at(0);
  arena.oom = NULL;
  cr_assert(added > 0 && added < 2000);
  for (uint32_t i = 0; i < 2000; i++) cr_assert_eq(map_get(&map, keys[i]), i < added ? i : MAP_NONE);
  cr_assert_eq(map_add(&map, keys[1999], 5), 5);
}

// Part of the contract for randomness: these numbers must never change.
Test(base, hashes_of_names_are_fixed_for_ever) {
  cr_assert_eq(map_hash64("", 0), 0xefd01f60ba992926u);
  cr_assert_eq(map_hash64("gdp", 3), 0x5c88dc285f92ef33u);
  cr_assert_eq(map_hash64("rho[ic]", 7), 0xdf6d7393903b6bc4u);
}

Test(base, did_you_mean_finds_slips_and_leaves_strangers_alone) {
  const char *names[] = {"initial", "inflows", "outflows", "unit", "label", "温度"};
  const struct {
    const char *typed, *meant;
  } cases[] = {{"intial", "initial"}, {"inital", "initial"}, {"inflow", "inflows"},
               {"untis", "unit"},     {"uint", "unit"},      {"lable", "label"},
               {"zebra", NULL},       {"x", NULL},           {"", NULL},
               {"temperature", NULL}, {"温渡", NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *near = map_nearest(cases[i].typed, names, 6);
    cr_assert(near == cases[i].meant || (near && cases[i].meant && strcmp(near, cases[i].meant) == 0), "'%s' gave '%s'",
              cases[i].typed, near ? near : "nothing");
  }
}

Test(base, did_you_mean_is_the_same_in_any_order_of_candidates) {
  const char *one[] = {"tax_a", "tax_b", "tax_c"}, *two[] = {"tax_c", "tax_b", "tax_a"};
  cr_assert_str_eq(map_nearest("tax_d", one, 3), "tax_a");
  cr_assert_str_eq(map_nearest("tax_d", two, 3), "tax_a");
}

Test(base, did_you_mean_survives_long_names) {
  char *name = arena_alloc(&arena, 1001);
  memset(name, 'a', 1000);
  const char *names[] = {name, "aaaa"};
  cr_assert_null(map_nearest(name + 1, names, 2));
  name = arena_copy(&arena, name, 64);
  cr_assert_str_eq(map_nearest(name + 1, (const char *[]){name}, 1), name);
}

// text

Test(base, every_code_point_but_the_surrogates_decodes_to_itself) {
  for (uint32_t code = 1; code <= 0x10FFFF; code++) {
    char s[4];
    size_t size;
    if (code < 0x80)
      size = 1, s[0] = (char)code;
    else if (code < 0x800)
      size = 2, s[0] = (char)(0xC0 | code >> 6);
    else if (code < 0x10000)
      size = 3, s[0] = (char)(0xE0 | code >> 12);
    else
      size = 4, s[0] = (char)(0xF0 | code >> 18);
    for (size_t i = 1; i < size; i++) s[i] = (char)(0x80 | (code >> 6 * (size - 1 - i) & 0x3F));
    uint32_t got = 0;
    bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    cr_assert_eq(text_decode(s, size, &got), surrogate ? 0 : size, "U+%04X", code);
    if (!surrogate) cr_assert_eq(got, code, "U+%04X", code);
    if (size > 1) cr_assert_eq(text_decode(s, size - 1, &got), 0, "U+%04X cut short", code);
  }
}

Test(base, broken_utf8_is_refused_at_its_first_byte) {
  const struct {
    const char *what, *bytes;
  } cases[] = {{"a lone continuation", "ab\x80"},
               {"an overlong slash", "ab\xC0\xAF"},
               {"an overlong NUL", "ab\xE0\x80\x80"},
               {"a surrogate", "ab\xED\xA0\x80"},
               {"past the end", "ab\xF4\x90\x80\x80"},
               {"five bytes", "ab\xF8\x88\x80\x80\x80"},
               {"cut short", "ab\xE6\xB8"},
               {"a wrong continuation", "ab\xE6(\xA9"},
               {"latin-1", "ab\xE9t\xE9"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    cr_assert_eq(text_valid_prefix(cases[i].bytes, strlen(cases[i].bytes)), 2, "%s", cases[i].what);
  cr_assert_eq(text_valid_prefix("温度 é", 9), 9);
}

Test(base, width_counts_terminal_columns) {
  const struct {
    const char *text;
    size_t width;
  } cases[] = {{"", 0},    {"gdp", 3},  {"温度", 4},          {"e\xCC\x81", 1},
               {"Å", 1},   {"（）", 4}, {"a\xE2\x80\x8B", 1}, {"\xF0\x9F\x9A\x97", 2},
               {"é温", 3}, {"\xFF", 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    cr_assert_eq(text_width(cases[i].text), cases[i].width, "'%s' is %zu", cases[i].text, text_width(cases[i].text));
}

Test(base, numbers_are_read_whole_or_not_at_all) {
  const struct {
    const char *text;
    double value;
  } good[] = {{"0", 0},  {"12", 12},     {"-3.5", -3.5},
              {"+7", 7}, {"1e-3", 1e-3}, {".5", 0.5},
              {"5.", 5}, {"1E+2", 100},  {"1.7976931348623157e308", DBL_MAX}};
  const char *bad[] = {"",  " ",   "1 ",    " 1",   "0x10",  "inf",   "nan", "1,5", "1e",  "e5",       ".",
                       "+", "--1", "1.2.3", "1e5.", "1_000", "1e999", "１",  "0b1", "1d3", "infinity", "1e+-3"};
  double value;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    cr_assert(text_to_number(good[i].text, strlen(good[i].text), &value), "%s", good[i].text);
    cr_assert_eq(value, good[i].value, "%s", good[i].text);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    cr_assert_not(text_to_number(bad[i], strlen(bad[i]), &value), "'%s'", bad[i]);
  cr_assert_not(text_to_number("1\0002", 3, &value), "a NUL inside");
  char *digits = arena_alloc(&arena, 100001);
  memset(digits, '1', 100000);
  cr_assert_not(text_to_number(digits, 100000, &value), "100000 digits");
}

Test(base, numbers_do_not_depend_on_the_locale) {
  if (!setlocale(LC_NUMERIC, "de_DE.UTF-8") && !setlocale(LC_NUMERIC, "fr_FR.UTF-8"))
    cr_skip_test("no locale with a decimal comma is installed");
  char out[32];
  double value = 0;
  cr_expect(text_to_number("1.5", 3, &value));
  cr_expect_eq(value, 1.5);
  cr_expect_str_eq(text_from_number(1.5, out), "1.5");
  setlocale(LC_NUMERIC, "C");
}

Test(base, numbers_survive_the_round_trip_through_text_bit_by_bit) {
  for (int i = 0; i < 300000; i++) {
    uint64_t bits = draw(), again;
    double value, back;
    memcpy(&value, &bits, 8);
    if (i < 64) value = ldexp(1, -1022 - i % 53) * (i & 1 ? -1 : 1);  // subnormals
    if (!isfinite(value)) continue;
    char out[32];
    text_from_number(value, out);
    cr_assert(text_to_number(out, strlen(out), &back), "SEED=%llu: '%s' was refused", seed, out);
    memcpy(&bits, &value, 8);
    memcpy(&again, &back, 8);
    cr_assert_eq(bits, again, "SEED=%llu: %a became %s", seed, value, out);
  }
}

Test(base, numbers_are_written_as_short_as_they_can_be) {
  const struct {
    double value;
    const char *text;
  } cases[] = {{0.1, "0.1"},
               {0.07, "0.07"},
               {-0.0, "-0"},
               {1.0 / 3, "0.3333333333333333"},
               {1e21, "1e+21"},
               {5, "5"},
               {0.1 + 0.2, "0.30000000000000004"},
               {NAN, "nan"},
               {-NAN, "nan"},
               {INFINITY, "inf"},
               {-INFINITY, "-inf"}};
  char out[32];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    cr_assert_str_eq(text_from_number(cases[i].value, out), cases[i].text);
}

Test(base, a_text_grows_and_pads_by_columns) {
  struct text t = {0};
  text_pad(&t, "温度", 6);
  text_pad(&t, "gdp", -6);
  text_pad(&t, "too long", 3);
  text_printf(&t, "%03d", 7);
  cr_assert_str_eq(t.data, "温度     gdptoo long007");
  for (int i = 0; i < 100000; i++) text_add(&t, "x", 1);
  cr_assert_eq(strlen(t.data), t.size);
  cr_assert_not(t.failed);
  text_free(&t);
}

Test(base, a_text_that_meets_an_empty_heap_keeps_what_it_has_and_says_so) {
  struct text t = {0};
  text_puts(&t, "kept");
  mem_fail_at(1);
  for (int i = 0; i < 1000; i++) text_puts(&t, "more");
  mem_fail_at(0);
  cr_assert(t.failed);
  cr_assert_eq(strncmp(t.data, "keptmore", 8), 0);
  cr_assert_eq(strlen(t.data), t.size);
  size_t size = t.size;
  text_puts(&t, "after");
  cr_assert_eq(t.size, size, "a text that failed takes no more: a gap would pass unseen");
  text_free(&t);
}

// mem

Test(base, the_kth_request_and_all_later_ones_fail_when_asked) {
  mem_fail_at(3);
  void *blocks[5];
  for (int i = 0; i < 5; i++) blocks[i] = mem_alloc(16);
  cr_expect_eq(mem_requests(), 5);
  mem_fail_at(0);
  cr_expect(blocks[0] && blocks[1]);
  cr_expect(!blocks[2] && !blocks[3] && !blocks[4]);
  for (int i = 0; i < 5; i++) mem_free(blocks[i]);
}

Test(base, aligned_blocks_are_zeroed_and_absurd_sizes_give_null) {
  for (size_t size = 0; size < 300; size++) {
    unsigned char *block = mem_alloc_aligned(size);
    cr_assert_eq((uintptr_t)block % 64, 0);
    for (size_t i = 0; i < size; i++) cr_assert_eq(block[i], 0);
    mem_free_aligned(block);
  }
  cr_assert_null(mem_alloc_aligned(SIZE_MAX - 10));
}

// source

Test(base, a_file_is_read_whole_without_its_byte_order_mark) {
  const char *path = temporary_file("\xEF\xBB\xBFmodel: x\n", 12);
  struct source *s = source_read(&arena, path, 100, &diag);
  cr_assert_not_null(s);
  cr_assert_str_eq(s->text, "model: x\n");
  cr_assert_eq(s->size, 9);
  cr_assert_str_eq(s->path, path);
  unlink(path);
}

Test(base, a_file_may_be_as_large_as_the_limit_and_no_larger) {
  enum { SIZE = 200000 };
  char *content = arena_alloc(&arena, SIZE);
  memset(content, 'a', SIZE);
  const char *path = temporary_file(content, SIZE);
  struct source *s = source_read(&arena, path, SIZE, &diag);
  cr_assert_not_null(s);
  cr_assert_eq(s->size, SIZE);
  cr_assert_null(source_read(&arena, path, SIZE - 1, &diag));
  cr_assert_eq(diag.messages.items[0].id, ERROR_file_size);
  unlink(path);
}

Test(base, an_endless_file_stops_at_the_limit) {
  cr_assert_null(source_read(&arena, "/dev/zero", 1 << 20, &diag));
  cr_assert_eq(diag.messages.items[0].id, ERROR_file_size);
}

// Without a writer a pipe would be waited for.
Test(base, a_pipe_that_nobody_writes_to_is_empty_at_once, .timeout = 10) {
  char folder[] = "/tmp/base-XXXXXX", path[64];
  cr_assert_not_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/pipe", folder);
  cr_assert_eq(mkfifo(path, 0600), 0);
  struct source *s = source_read(&arena, path, 100, &diag);
  cr_assert_not_null(s);
  cr_assert_eq(s->size, 0);
  cr_assert_not(source_is_plain(path, 100));
  unlink(path);
  rmdir(folder);
}

Test(base, what_is_not_a_readable_text_file_is_refused_with_the_reason) {
  cr_assert_null(source_read(&arena, "/tmp", 100, &diag));
  cr_assert_null(source_read(&arena, "/nowhere/at/all.yaml", 100, &diag));
  cr_assert_null(source_from_text(&arena, "a", "x: 1\ny\0: 2", 10, &diag));
  cr_assert_null(source_from_text(&arena, "b", "x: 1\ny: \xFF", 9, &diag));
  cr_assert_eq(diag.errors, 4);
  cr_assert_eq(diag.exit, EXIT_INVALID);
  cr_assert_str_eq(printed(),
                   "simulate: error: '/tmp' is a directory, not a file\n"
                   "       = give the path of a YAML file\n"
                   "simulate: error: cannot open '/nowhere/at/all.yaml': No such file or directory\n"
                   "a:2:2: error: the file contains a NUL byte\n"
                   "     2 | y\\u0000: 2\n"
                   "       |  ^~~~~~\n"
                   "       = it is not a text file, or was damaged\n"
                   "b:2:4: error: the file is not valid UTF-8\n"
                   "     2 | y: \xEF\xBF\xBD\n"
                   "       |    ^\n"
                   "       = save it as UTF-8\n");
}

Test(base, reading_a_file_leaves_nothing_behind_whichever_request_fails) {
  enum { SIZE = 100000 };
  char *content = arena_alloc(&arena, SIZE);
  memset(content, 'a', SIZE);
  const char *path = temporary_file(content, SIZE);
  volatile unsigned jumps = 0;
  volatile bool finished = false;
  for (volatile unsigned k = 1; !finished; k++) {
    struct arena own;
    jmp_buf here;
    arena_init(&own, &here);
    struct diag d;
    diag_init(&d, &own);
    mem_fail_at(k);
    if (setjmp(here)) {
      jumps++;
      cr_assert_eq(own.oom, &here, "the place of the owner was not put back");
    } else {
      finished = source_read(&own, path, SIZE, &d) != NULL;
    }
    mem_fail_at(0);
    arena_free(&own);
    cr_assert(k < 100);
  }
  cr_assert(jumps >= 3, "%u", jumps);
  unlink(path);
}

Test(base, places_count_lines_and_characters_from_one) {
  struct source *s = source_of("a: 1\r\n温度: 2\n\nend");
  const struct {
    uint32_t at, line, column, size;
  } cases[] = {{0, 1, 1, 4},  {3, 1, 4, 4},  {6, 2, 1, 9},  {9, 2, 2, 9},  {12, 2, 3, 9},
               {16, 3, 1, 0}, {17, 4, 1, 3}, {20, 4, 4, 3}, {999, 4, 4, 3}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct place p = source_place(s, cases[i].at);
    cr_assert(p.line == cases[i].line && p.column == cases[i].column && p.line_size == cases[i].size,
              "byte %u: line %u, column %u, size %zu", cases[i].at, p.line, p.column, p.line_size);
  }
}

Test(base, siblings_are_joined_to_the_folder_of_the_file) {
  cr_assert_str_eq(source_sibling(&arena, "models/x/model.yaml", "a.yaml"), "models/x/a.yaml");
  cr_assert_str_eq(source_sibling(&arena, "model.yaml", "a.yaml"), "a.yaml");
  cr_assert_str_eq(source_sibling(&arena, "models/model.yaml", "/abs.yaml"), "/abs.yaml");
  cr_assert_str_eq(source_sibling(&arena, "/model.yaml", "a.yaml"), "/a.yaml");
}

// diag

Test(base, a_message_shows_the_line_a_caret_notes_and_what_to_do) {
  struct source *s = source_of("stocks:\n  temperature:\n    intial: 180\n");
  diag_error(&diag, span_of(s, "intial"), file_nul);
  diag_did_you_mean(&diag, "initial");
  diag_note(&diag, span_of(s, "temperature"), "in '%s'", "temperature");
  cr_assert_str_eq(printed(),
                   "model.yaml:3:5: error: the file contains a NUL byte\n"
                   "     3 |     intial: 180\n"
                   "       |     ^~~~~~\n"
                   "model.yaml:2:3: note: in 'temperature'\n"
                   "     2 |   temperature:\n"
                   "       |   ^~~~~~~~~~~\n"
                   "       = did you mean 'initial'?\n");
}

Test(base, carets_stand_under_wide_characters_and_underline_all_of_them) {
  struct source *s = source_of("温度: 室温\n");
  diag_error(&diag, span_of(s, "室温"), file_nul);
  cr_assert_not_null(strstr(printed(), "     1 | 温度: 室温\n       |       ^~~~\n"), "%s", printed());
}

Test(base, text_of_the_user_cannot_drive_the_terminal) {
  struct source *s = source_of("a\x1b[2J: \xE2\x80\xAEx\n");
  diag_error(&diag, span_of(s, "x"), file_open, "\x1b]0;title\x07", "no");
  const char *out = printed();
  cr_assert_null(strchr(out, '\x1b'));
  cr_assert_null(strchr(out, '\x07'));
  cr_assert_null(strstr(out, "\xE2\x80\xAE"), "a bidirectional control was printed");
  cr_assert_not_null(strstr(out, "     1 | a\\u001b[2J: \\u202ex\n       |                   ^\n"), "%s", out);
}

Test(base, long_lines_are_shown_around_the_caret) {
  for (uint32_t at = 0; at <= 30000; at += at < 500 ? 1 : 997) {
    arena_free(&arena);
    set_up();
    char *text = arena_alloc(&arena, 30001);
    for (int i = 0; i < 10000; i++) memcpy(text + 3 * i, "度", 3);
    struct source *s = source_of(text);
    diag_error(&diag, ((struct span){s, at, at % 7 * 50000}), file_nul);
    const char *out = printed();
    cr_assert_eq(text_valid_prefix(out, strlen(out)), strlen(out), "a character was cut at %u", at);
    cr_assert(strlen(out) < 800, "%zu bytes at %u", strlen(out), at);
    const char *mark = strstr(out, "       | ");
    cr_assert(mark && strchr(mark, '^'), "no caret at %u", at);
  }
}

Test(base, too_many_messages_are_counted_and_errors_never_hide_behind_warnings) {
  for (int i = 0; i < 500; i++) diag_warning(&diag, NOWHERE, file_nul);
  for (int i = 0; i < 70; i++) {
    diag_error(&diag, NOWHERE, file_open, "x", "no");
    diag_hint(&diag, "hint %d", i);
    diag_note(&diag, NOWHERE, "note %d", i);
  }
  cr_assert_eq(diag.warnings, 500);
  cr_assert_eq(diag.errors, 70);
  cr_assert_eq(diag.exit, EXIT_IO);
  cr_assert_eq(diag.messages.count, 2 * LIMIT_MESSAGES);
  cr_assert_not_null(strstr(printed(), "hint 49\n... and 470 more\n"), "%s", printed());
  cr_assert_null(strstr(printed(), "note 50"));
}

Test(base, the_exit_code_is_that_of_the_first_error) {
  diag_warning(&diag, NOWHERE, file_open, "x", "no");
  cr_assert_eq(diag.exit, EXIT_OK);
  diag_error(&diag, NOWHERE, file_nul);
  diag_error(&diag, NOWHERE, memory);
  cr_assert_eq(diag.exit, EXIT_INVALID);
}
