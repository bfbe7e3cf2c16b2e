// SPDX-License-Identifier: GPL-3.0-or-later
// Names the version of SLEEF; the library itself has no such question, so it is that of the headers.
#include <sleef.h>

#include "kernel/kernel.h"

#define TEXT(x) #x
#define VERSION(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)

const char *kernel_sleef_version(void) {
  return VERSION(SLEEF_VERSION_MAJOR, SLEEF_VERSION_MINOR, SLEEF_VERSION_PATCHLEVEL);
}
