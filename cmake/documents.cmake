# SPDX-License-Identifier: GPL-3.0-or-later
# The manual page and the completions of bash and zsh, printed by the program itself and installed beside it. Not made
# when the program cannot run here (cross-compiling, sanitizers).
include(GNUInstallDirs)
if(CMAKE_CROSSCOMPILING OR SIMULATE_SANITIZE)
  return()
endif()
set(documents ${PROJECT_BINARY_DIR}/documents)
add_custom_command(
  OUTPUT ${documents}/simulate.1 ${documents}/simulate ${documents}/_simulate
  COMMAND ${CMAKE_COMMAND} -E make_directory ${documents}
  COMMAND simulate help man > ${documents}/simulate.1
  COMMAND simulate help bash > ${documents}/simulate
  COMMAND simulate help zsh > ${documents}/_simulate
  DEPENDS simulate
  VERBATIM)
add_custom_target(documents ALL DEPENDS ${documents}/simulate.1)
install(FILES ${documents}/simulate.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${documents}/simulate DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${documents}/_simulate DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
