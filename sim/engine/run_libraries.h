// SPDX-License-Identifier: GPL-3.0-or-later
// The libraries whose code makes numbers, for result files: results are promised to be the same for the same versions.
#ifndef ENGINE_RUN_LIBRARIES_H
#define ENGINE_RUN_LIBRARIES_H

const char *run_libraries_gsl(void);  // as linked, "2.7.1"

#endif
