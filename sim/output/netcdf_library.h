// SPDX-License-Identifier: GPL-3.0-or-later
// netCDF, loaded when a sweep writes its file and not when the program starts: some forty libraries come with it, and
// their symbols take longer to resolve than most runs take in all. Calls are written as in netCDF's manual; the macros
// below send them through pointers that netcdf_library_open fills. A function that is to be called must be listed
// twice.
#ifndef OUTPUT_NETCDF_LIBRARY_H
#define OUTPUT_NETCDF_LIBRARY_H
#include <netcdf.h>

#define NETCDF_FUNCTIONS(F)                                                                                           \
  F(abort)                                                                                                            \
  F(close)                                                                                                            \
  F(create)                                                                                                           \
  F(def_dim)                                                                                                          \
  F(def_var)                                                                                                          \
  F(def_var_chunking)                                                                                                 \
  F(enddef)                                                                                                           \
  F(put_att_double)                                                                                                   \
  F(put_att_text)                                                                                                     \
  F(put_att_ulonglong) F(put_var1_string) F(put_var_double) F(put_var_string) F(put_var_ulonglong) F(put_vara_double) \
      F(set_var_chunk_cache) F(strerror)

struct netcdf_library {
#define NETCDF_MEMBER(name) __typeof__(&nc_##name) name;
  NETCDF_FUNCTIONS(NETCDF_MEMBER)
#undef NETCDF_MEMBER
};
extern struct netcdf_library netcdf_library;

// Before the first call, by the one thread that writes. NULL, or why the library cannot be loaded.
const char *netcdf_library_open(void);

#define nc_abort netcdf_library.abort
#define nc_close netcdf_library.close
#define nc_create netcdf_library.create
#define nc_def_dim netcdf_library.def_dim
#define nc_def_var netcdf_library.def_var
#define nc_def_var_chunking netcdf_library.def_var_chunking
#define nc_enddef netcdf_library.enddef
#define nc_put_att_double netcdf_library.put_att_double
#define nc_put_att_text netcdf_library.put_att_text
#define nc_put_att_ulonglong netcdf_library.put_att_ulonglong
#define nc_put_var1_string netcdf_library.put_var1_string
#define nc_put_var_double netcdf_library.put_var_double
#define nc_put_var_string netcdf_library.put_var_string
#define nc_put_var_ulonglong netcdf_library.put_var_ulonglong
#define nc_put_vara_double netcdf_library.put_vara_double
#define nc_set_var_chunk_cache netcdf_library.set_var_chunk_cache
#define nc_strerror netcdf_library.strerror

#endif
