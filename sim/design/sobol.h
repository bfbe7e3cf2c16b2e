// SPDX-License-Identifier: GPL-3.0-or-later
// Sobol's sequence with access by index in any number of dimensions, and Owen's nested uniform scrambling of it. A
// coordinate is a pure function of (index, dimension, keys): nothing is stepped, so that members can be drawn in any
// order, extended, and split over machines.
// Dimensions of the table share one index; later ones use the table again under an index shuffled by nested scrambling
// (Burley, JCGT 9(4), 2020): the first 2^m points stay a net of 2^m points in each group of dimensions.
#ifndef DESIGN_SOBOL_H
#define DESIGN_SOBOL_H
#include <stdint.h>

enum { SOBOL_TABLE = 256 };  // dimensions with direction numbers of their own

// The direction numbers of a dimension below SOBOL_TABLE, the first digit in the highest bit.
void sobol_directions(uint32_t dimension, uint32_t out[32]);

// The unscrambled coordinate: the exclusive or of the direction numbers of the index's bits.
uint32_t sobol_point(const uint32_t directions[32], uint32_t index);

// Nested uniform scrambling of the 32 digits of x (Owen 1995): whether a digit is flipped depends on the key and on all
// digits above it.
uint32_t sobol_scramble(uint32_t x, uint64_t key);

// A coordinate in (0,1), with the digits after the 32nd filled at random, as scrambling all of them would.
double sobol_uniform(uint32_t x, uint64_t key);

// The index to use in a group of dimensions: group 0 keeps it.
uint32_t sobol_index(uint32_t index, uint32_t group, uint64_t seed);

#endif
