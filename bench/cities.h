// SPDX-License-Identifier: GPL-3.0-or-later
// The text of a model without arrays, as large as wanted: an epidemic in a row of cities, each written out with
// variables of its own. Caution grows with the ill (an exponential), contacts fall with it (a power), and people travel
// between neighbours.
#ifndef BENCH_CITIES_H
#define BENCH_CITIES_H

// To be freed; NULL without memory.
char *cities_text(unsigned count);

#endif
