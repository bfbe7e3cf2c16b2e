// SPDX-License-Identifier: GPL-3.0-or-later
#define _GNU_SOURCE  // open_memstream
#include "cities.h"

#include <stdio.h>

static const char head[] =
    "model: cities\n"
    "title: {en: A row of cities}\n"
    "time: {unit: day, start: 0, stop: 40, step: 1/8, save: 1}\n"
    "units: {day: base, person: base}\n";

// %1$u: the city, %2$u and %3$u: its neighbours
static const char stocks[] =
    "  well_%1$u: {unit: person, initial: 100000 - 10, inflows: [fading_%1$u], outflows: [infection_%1$u]}\n"
    "  ill_%1$u: {unit: person, initial: 10, inflows: [infection_%1$u], outflows: [recovery_%1$u]}\n"
    "  immune_%1$u: {unit: person, initial: 0, inflows: [recovery_%1$u], outflows: [fading_%1$u]}\n";
static const char flows[] =
    "  infection_%1$u:\n"
    "    unit: person/day\n"
    "    equation: contacts_%1$u * infectivity * well_%1$u * met_%1$u / people_%1$u\n"
    "  recovery_%1$u:\n"
    "    unit: person/day\n"
    "    equation: ill_%1$u / duration\n"
    "  fading_%1$u:\n"
    "    unit: person/day\n"
    "    equation: immune_%1$u / memory\n";
static const char auxiliaries[] =
    "  people_%1$u:\n"
    "    unit: person\n"
    "    equation: well_%1$u + ill_%1$u + immune_%1$u\n"
    "  met_%1$u:\n"
    "    unit: person\n"
    "    equation: ill_%1$u * (1 - 2 * travel) + travel * (ill_%2$u + ill_%3$u)\n"
    "  caution_%1$u:\n"
    "    unit: 1\n"
    "    equation: 1 - exp(-ill_%1$u / (fear * people_%1$u))\n"
    "  contacts_%1$u:\n"
    "    unit: 1/day\n"
    "    equation: max(usual_%1$u * (1 - caution_%1$u / 2) ^ response, least)\n";
static const char parameter[] = "  usual_%1$u: {unit: 1/day, value: %2$u, prior: {lognormal: [%2$u, 0.2]}}\n";
static const char common[] =
    "  infectivity: {unit: 1, value: 0.06, prior: {uniform: [0.04, 0.08]}}\n"
    "  duration: {unit: day, value: 8, prior: {uniform: [6, 10]}}\n"
    "  memory: {unit: day, value: 200, prior: {uniform: [100, 300]}}\n"
    "  travel: {unit: 1, value: 0.05, prior: {uniform: [0, 0.1]}}\n"
    "  response: {unit: 1, value: 1.5, prior: {uniform: [1, 2]}}\n"
    "  fear: {unit: 1, value: 0.05}\n"
    "  least: {unit: 1/day, value: 0.5}\n";

static void each(FILE *out, const char *section, const char *text, unsigned count) {
  fprintf(out, "%s:\n", section);
  for (unsigned i = 0; i < count; i++) fprintf(out, text, i, (i + count - 1) % count, (i + 1) % count);
}

char *cities_text(unsigned count) {
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  if (!out) return NULL;
  fputs(head, out);
  each(out, "stocks", stocks, count);
  each(out, "flows", flows, count);
  each(out, "auxiliaries", auxiliaries, count);
  fprintf(out, "parameters:\n%s", common);
  for (unsigned i = 0; i < count; i++) fprintf(out, parameter, i, 4 + i % 3);
  return fclose(out) == 0 ? text : NULL;
}
