# SPDX-License-Identifier: GPL-3.0-or-later
# Instruction sets of the kernel files; all other files are built for the basic CPU. The floating-point flags that the
# bits depend on (-ffp-contract=off among them) are those of the whole project.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set_source_files_properties(sim/kernel/kernel_avx2.c PROPERTIES COMPILE_OPTIONS "-mavx2;-mfma")
  set_source_files_properties(sim/kernel/kernel_avx512.c PROPERTIES
    COMPILE_OPTIONS "-mavx512f;-mavx512dq;-mavx512vl;-mavx2;-mfma")
endif()
# Loops of the fixed-step methods, on the integrator's own arrays.
set_source_files_properties(sim/engine/passes.c PROPERTIES COMPILE_OPTIONS "-fopenmp-simd")
# Included by the kernel files and compiled there only.
set_source_files_properties(
  sim/kernel/kernel_generic.c sim/kernel/kernel_avx2.c sim/kernel/kernel_avx512.c PROPERTIES
  OBJECT_DEPENDS "${PROJECT_SOURCE_DIR}/sim/kernel/kernel_body.c;${PROJECT_SOURCE_DIR}/sim/kernel/op.def")
