// SPDX-License-Identifier: GPL-3.0-or-later
// Raw members on disk, for sweeps that were asked to keep them and are too long for memory: a scratch file of pieces of
// one size, one for each leaf of 64 members and policy, at the place that their numbers give. Any thread writes its own
// pieces in any order; the writer of results reads them in member order. Each piece has a checksum.
// The journal says which pieces count: a piece is synced before the record that covers it is appended, and a leaf that
// is computed again overwrites its piece with the same numbers. The file can be deleted once results are written,
// unless the sweep is to be extended.
#ifndef REDUCE_SPOOL_H
#define REDUCE_SPOOL_H
#include "base/diag.h"

struct spool;

// Opens or makes the file. policies, cells (saved numbers of a member and policy) and precision must be those it was
// made with: they are part of the sweep's identity, which the journal checks.
struct spool *spool_open(const char *path, uint32_t policies, size_t cells, bool single, struct diag *diag);
void spool_close(struct spool *s);

size_t spool_scratch_bytes(const struct spool *s);  // room that reading and writing need, aligned for doubles
// saved [cell][stride]; members whose keep is 0 are written as NaN.
bool spool_write(const struct spool *s, uint64_t leaf, uint32_t policy, const double *saved, size_t stride,
                 const uint64_t keep[64], void *scratch, struct diag *diag);
bool spool_read(const struct spool *s, uint64_t leaf, uint32_t policy, double *out /* [cell][64] */, void *scratch,
                struct diag *diag);
bool spool_sync(const struct spool *s, struct diag *diag);

#endif
