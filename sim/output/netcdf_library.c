// SPDX-License-Identifier: GPL-3.0-or-later
// build: NETCDF_SONAME is the library that the headers belong to (cmake/libraries.cmake)
// See netcdf_library.h. The library stays loaded: HDF5 does not like to be closed.
#include "output/netcdf_library.h"

#include <dlfcn.h>
#include <string.h>

struct netcdf_library netcdf_library;

static const char *const names[] = {
#define NAME(name) "nc_" #name,
    NETCDF_FUNCTIONS(NAME)};

const char *netcdf_library_open(void) {
  void *functions[sizeof names / sizeof *names];
  _Static_assert(sizeof functions == sizeof netcdf_library,
                 "the struct is pointers to functions, in the order of names");
  void *library = dlopen(NETCDF_SONAME, RTLD_NOW);
  if (!library) return dlerror();
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!(functions[i] = dlsym(library, names[i]))) return dlerror();
  memcpy(&netcdf_library, functions, sizeof functions);
  return NULL;
}
