// SPDX-License-Identifier: GPL-3.0-or-later
// See plot.h.
#include "report/plot.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "output/table.h"

enum { COLUMNS = 64, ROWS = 8, DOTS_X = 2 * COLUMNS, DOTS_Y = 4 * ROWS, LABEL = 10 };

struct range {
  double low, high;
};

// Of the finite values; low > high when there are none.
static struct range range_of(const double *values, size_t count) {
  struct range r = {INFINITY, -INFINITY};
  for (size_t i = 0; i < count; i++) {
    if (!isfinite(values[i])) continue;
    if (values[i] < r.low) r.low = values[i];
    if (values[i] > r.high) r.high = values[i];
  }
  return r;
}

// Linear between the points around a place from 0 to 1; NAN where one of them is missing.
static double value_at(const double *values, size_t count, double place) {
  double at = place * (double)(count - 1);
  size_t i = (size_t)at;
  if (i + 1 >= count) return values[count - 1];
  return values[i] + (at - (double)i) * (values[i + 1] - values[i]);
}

// The height of a value in `steps` equal steps, from 0; a constant lies in the middle.
static size_t height_of(double value, const struct range *r, size_t steps) {
  double share = r->high > r->low ? (value - r->low) / (r->high - r->low) : 0.5;
  size_t step = (size_t)(share * (double)steps);
  return step < steps ? step : steps - 1;
}

// Unicode's numbering of the eight dots of a braille cell.
static const uint8_t dots[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

static void set_dot(uint8_t cells[ROWS][COLUMNS], size_t x, size_t y) {
  size_t row = DOTS_Y - 1 - y;
  cells[row / 4][x / 2] |= dots[row % 4][x % 2];
}

// Dots of one column from the last height to this one, so that steep curves hang together.
static void draw_curve(uint8_t cells[ROWS][COLUMNS], const double *values, size_t count, const struct range *r) {
  size_t last = SIZE_MAX;
  for (size_t x = 0; x < DOTS_X; x++) {
    double value = value_at(values, count, (double)x / (DOTS_X - 1));
    if (!isfinite(value)) {
      last = SIZE_MAX;
      continue;
    }
    size_t y = height_of(value, r, DOTS_Y), from = last == SIZE_MAX ? y : last;
    for (size_t i = from; i != y; i += i < y ? 1 : (size_t)-1) set_dot(cells, x, i);
    set_dot(cells, x, y);
    last = y;
  }
}

static void put_braille(struct text *out, uint8_t cell) {
  const char bytes[] = {(char)0xE2, (char)(0xA0 | cell >> 6), (char)(0x80 | (cell & 0x3F))};
  text_add(out, bytes, sizeof bytes);
}

static void put_row(struct text *out, const char *label, const uint8_t cells[COLUMNS]) {
  text_pad(out, label, -LABEL);
  text_puts(out, " \xE2\x94\x82");
  for (size_t i = 0; i < COLUMNS; i++) put_braille(out, cells[i]);
  text_puts(out, "\n");
}

static void put_time_axis(struct text *out, struct arena *a, double start, double stop) {
  text_pad(out, "", LABEL);
  text_puts(out, " \xE2\x94\x94");
  for (size_t i = 0; i < COLUMNS; i++) text_puts(out, "\xE2\x94\x80");
  text_puts(out, "\n");
  text_pad(out, "", LABEL + 2);
  text_pad(out, arena_format(a, "%.6g", start), COLUMNS / 2);
  text_pad(out, arena_format(a, "%.6g", stop), -COLUMNS / 2);
  text_puts(out, "\n");
}

void plot_chart(struct text *out, struct arena *a, const char *title, const double *times, const double *values,
                size_t count) {
  struct range r = range_of(values, count);
  text_printf(out, "%s\n", title);
  if (!count || r.low > r.high) return;
  uint8_t cells[ROWS][COLUMNS] = {{0}};
  draw_curve(cells, values, count, &r);
  for (size_t row = 0; row < ROWS; row++) {
    bool constant = r.low == r.high, top = row == (constant ? ROWS / 2 - 1 : 0), bottom = row == ROWS - 1 && !constant;
    put_row(out, top ? table_number(a, r.high) : bottom ? table_number(a, r.low) : "", cells[row]);
  }
  put_time_axis(out, a, times[0], times[count - 1]);
}

void plot_line(struct text *out, struct arena *a, const char *title, int title_width, const double *values,
               size_t count) {
  struct range r = range_of(values, count);
  text_pad(out, title, title_width);
  text_puts(out, "  ");
  for (size_t x = 0; count && x < COLUMNS / 2; x++) {
    double value = value_at(values, count, (double)x / (COLUMNS / 2 - 1));
    const char block[] = {(char)0xE2, (char)0x96, (char)(0x81 + height_of(isfinite(value) ? value : r.low, &r, 8)), 0};
    text_puts(out, isfinite(value) ? block : " ");
  }
  const char *from = table_number(a, count ? values[0] : NAN), *to = table_number(a, count ? values[count - 1] : NAN);
  text_printf(out, "  %s \xE2\x86\x92 %s\n", from, to);
}
