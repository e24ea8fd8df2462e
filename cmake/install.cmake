# What 'make install' puts in place: program, library, header, pkg-config file, and the man page and completions that the
# program prints from its own table of options.
function(gpq_printed_text file)
  add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/${file}
    COMMAND gridpq-program ${ARGN} > ${CMAKE_BINARY_DIR}/${file}
    DEPENDS gridpq-program VERBATIM)
endfunction()
gpq_printed_text(gridpq.1 man)
gpq_printed_text(gridpq.bash completion bash)
gpq_printed_text(_gridpq completion zsh)
add_custom_target(gridpq-texts ALL DEPENDS
  ${CMAKE_BINARY_DIR}/gridpq.1 ${CMAKE_BINARY_DIR}/gridpq.bash ${CMAKE_BINARY_DIR}/_gridpq)

configure_file(${CMAKE_CURRENT_LIST_DIR}/gridpq.pc.in ${CMAKE_BINARY_DIR}/gridpq.pc @ONLY)

install(TARGETS gridpq-program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS gridpq ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/gridpq DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(FILES ${CMAKE_BINARY_DIR}/gridpq.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${CMAKE_BINARY_DIR}/gridpq.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_BINARY_DIR}/gridpq.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  RENAME gridpq)
install(FILES ${CMAKE_BINARY_DIR}/_gridpq DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
