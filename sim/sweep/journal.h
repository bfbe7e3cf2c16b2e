// SPDX-License-Identifier: GPL-3.0-or-later
// The journal of a sweep: an append-only file from which a killed sweep goes on. It holds records of bytes, each with
// its length and checksum, after a header with the identity of the sweep: lines of text (program, model, data,
// scenario, options, each with its hash), so that a mismatch can be named. What records mean is the caller's business.
//
//   kill -9, power loss: the torn last record is cut off at the next opening; what stands before it is good.
//   a damaged record with good ones after it: refused, naming the last good record; nothing is changed.
//   full disk: an error; the file is cut back to its last whole record.
//   two processes: the file is locked (flock) while open; the second is refused.
//
// Synced (fdatasync) by journal_sync when a second has passed since the last time, and at closing: a killed process
// loses nothing that was appended, a power cut the last seconds at most. A disk may take its time over that, so nobody
// waits for a sync but the thread that makes it. Appending and syncing are thread-safe.
#ifndef SWEEP_JOURNAL_H
#define SWEEP_JOURNAL_H
#include "base/diag.h"

struct journal;

enum journal_mode {
  JOURNAL_CREATE,  // the file must not exist (or be empty)
  JOURNAL_RESUME,  // it must exist
  JOURNAL_READ     // as RESUME, but nothing is changed or locked exclusively: for merging shards, for replay
};

struct journal_record {
  uint32_t type;    // the caller's
  uint64_t number;  // from 1
  const void *data;
  size_t size;
};
// Called for each record, in order, while opening. False (reported) ends the opening.
typedef bool journal_visit(void *context, const struct journal_record *record, struct diag *diag);

// identity NULL (JOURNAL_READ only): whatever it is. NULL after an error. Messages that name records lie in diag's
// arena.
struct journal *journal_open(const char *path, const char *identity, enum journal_mode mode, journal_visit *visit,
                             void *context, struct diag *diag);
bool journal_append(struct journal *j, uint32_t type, const void *data, size_t size, struct diag *diag);
bool journal_sync(struct journal *j, struct diag *diag);  // when it is due, and no other thread is at it
// Visits all records again; nothing may be appended meanwhile.
bool journal_reread(const struct journal *j, journal_visit *visit, void *context, struct diag *diag);
// Replaces all records by one, as a whole or not at all.
bool journal_compact(struct journal *j, uint32_t type, const void *data, size_t size, struct diag *diag);
uint64_t journal_size(const struct journal *j);  // bytes
uint64_t journal_records(const struct journal *j);
// Syncs, closes and unlocks. The journal is gone in any case; false when its last bytes may not be on the disk.
bool journal_close(struct journal *j, struct diag *diag);

#endif
