# SPDX-License-Identifier: GPL-3.0-or-later
# Finds the libraries that the program stands on and gathers them in simulate_libraries. A missing one stops the
# configuration with the name of the package that holds it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS C)
find_package(MPI COMPONENTS C QUIET) # optional: for simulate-mpi

add_library(simulate_libraries INTERFACE)
foreach(name IN ITEMS gsl yaml-0.1 expat libzip freexl libutf8proc sleef netcdf jansson xlsxwriter)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${name})
  target_link_libraries(simulate_libraries INTERFACE PkgConfig::${name})
endforeach()
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
