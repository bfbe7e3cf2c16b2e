# SPDX-License-Identifier: GPL-3.0-or-later
# Finds the libraries that the program stands on and gathers them in simulate_libraries. A missing one stops the
# configuration with the name of the package that holds it. netCDF is not linked but loaded when it is needed
# (sim/output/netcdf_library.h says why): only its header and its name are used.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS C)
find_package(MPI COMPONENTS C QUIET) # optional: for simulate-mpi

add_library(simulate_libraries INTERFACE)
foreach(name IN ITEMS gsl yaml-0.1 expat libzip freexl libutf8proc sleef netcdf jansson xlsxwriter)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${name})
  if(NOT name STREQUAL "netcdf")
    target_link_libraries(simulate_libraries INTERFACE PkgConfig::${name})
  endif()
endforeach()
target_include_directories(simulate_libraries INTERFACE ${netcdf_INCLUDE_DIRS})
list(GET netcdf_LINK_LIBRARIES 0 netcdf_file)
execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${netcdf_file} OUTPUT_VARIABLE netcdf_headers)
if(NOT netcdf_headers MATCHES "SONAME +([^\n]+)")
  message(FATAL_ERROR "${netcdf_file} is not the shared library of netCDF: install libnetcdf-dev")
endif()
set_source_files_properties(sim/output/netcdf_library.c PROPERTIES COMPILE_DEFINITIONS "NETCDF_SONAME=\"${CMAKE_MATCH_1}\"")
target_link_libraries(simulate_libraries INTERFACE OpenMP::OpenMP_C Threads::Threads m)

find_path(RANDOM123_INCLUDE Random123/philox.h)
if(NOT RANDOM123_INCLUDE)
  message(FATAL_ERROR "Random123/philox.h not found: install librandom123-dev")
endif()

if(NOT SIMULATE_TESTS STREQUAL "OFF")
  pkg_check_modules(criterion QUIET IMPORTED_TARGET criterion)
  pkg_check_modules(mpfr QUIET IMPORTED_TARGET mpfr)
  if(NOT criterion_FOUND OR NOT mpfr_FOUND)
    if(SIMULATE_TESTS STREQUAL "ON")
      message(FATAL_ERROR "the tests need Criterion and MPFR: install libcriterion-dev and libmpfr-dev")
    endif()
    message(STATUS "Criterion or MPFR not found: no tests are built")
  endif()
endif()
