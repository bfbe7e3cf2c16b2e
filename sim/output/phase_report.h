// SPDX-License-Identifier: GPL-3.0-or-later
// What is said at the end of each phase: how it ended (by the calendar, by its milestone, by the deadline of the gate),
// how much of the gaps is closed, which subsystem is weakest, what the summary indices are, and what held the programme
// back. Made from a scorecard; roles of indicators (report, binds) are the model's. A gate that is passed just at its
// deadline counts as ended by the deadline.
#ifndef OUTPUT_PHASE_REPORT_H
#define OUTPUT_PHASE_REPORT_H
#include "output/jsonout.h"
#include "output/scorecard.h"

enum phase_ending { PHASE_NOT_REACHED, PHASE_CALENDAR, PHASE_MILESTONE, PHASE_DEADLINE, PHASE_OPEN };

struct phase_report_gaps {               // over the benchmarks of one kind that count
  size_t count, closed;                  // closed: at or past the benchmark
  double median, smallest;               // shares of gaps closed
  const struct scorecard_row *furthest;  // whose share is smallest
};

struct phase_report_limit {
  const struct scorecard_row *row;
  double binds, lowest;  // over the save times of the phase
};

struct phase_report {
  size_t phase, column;
  enum phase_ending ending;
  struct phase_report_gaps gaps[2];     // printed, checked
  const struct scorecard_row *weakest;  // subsystem; NULL: none declared
  LIST(const struct scorecard_row *) summary;
  LIST(struct phase_report_limit) limits;
  size_t targets, targets_met;  // of this phase
};

// One for each phase.
struct phase_report *phase_report_create(struct arena *a, const struct scorecard *s);
// The terminal's view; nothing when the model declares nothing to report.
void phase_report_print(struct text *out, struct arena *a, const struct scorecard *s,
                        const struct phase_report *reports, enum language language);
// Each benchmark: the share of its gap that is closed at the end of each phase; its source, and what is wrong or
// doubtful with it. Nothing when the model has none.
void phase_report_notes(struct text *out, struct arena *a, const struct scorecard *s, enum language language,
                        bool bold);
// The part of summary.json for one phase.
void phase_report_json(struct jsonout *j, json_t *phase, const struct phase_report *r);

#endif
