# SPDX-License-Identifier: GPL-3.0-or-later
# Compiler and linker flags of everything we build, as the interface target simulate_flags. The floating-point flags
# are part of the promise that results have the same bits everywhere: no contraction, never -ffast-math.
add_library(simulate_flags INTERFACE)
target_compile_options(simulate_flags INTERFACE
  -Wall -Wextra -Wshadow -ffp-contract=off -fno-math-errno -fno-trapping-math
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=
  $<$<C_COMPILER_ID:Clang>:-Wno-pass-failed>) # a loop that sanitizers keep from being vectorised is no fault
target_compile_definitions(simulate_flags INTERFACE SIMULATE_VERSION="${PROJECT_VERSION}")
# netCDF brings two dozen libraries; what a program does not call should not be loaded when it starts.
target_link_options(simulate_flags INTERFACE -Wl,--as-needed)

if(SIMULATE_WERROR)
  target_compile_options(simulate_flags INTERFACE -Werror)
endif()
if(SIMULATE_SANITIZE)
  # UndefinedBehaviorSanitizer only prints by default, and a test would pass.
  target_compile_options(simulate_flags INTERFACE
    -fsanitize=${SIMULATE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(simulate_flags INTERFACE -fsanitize=${SIMULATE_SANITIZE})
endif()
if(SIMULATE_FUZZ)
  target_compile_options(simulate_flags INTERFACE -fsanitize=fuzzer-no-link) # coverage guides the fuzzer
endif()
if(SIMULATE_COVERAGE)
  target_compile_options(simulate_flags INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(simulate_flags INTERFACE --coverage)
endif()
