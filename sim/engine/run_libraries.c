// SPDX-License-Identifier: GPL-3.0-or-later
// Names the version of GSL that is linked: a shared library may be newer than the headers.
#include "engine/run_libraries.h"

#include <gsl/gsl_version.h>

const char *run_libraries_gsl(void) {
  return gsl_version;
}
