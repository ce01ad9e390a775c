# What an installation has beside the programs, and Debian packages of it.
# Everything is reached from the programs' place: nothing names the prefix.
install(FILES ${PROJECT_SOURCE_DIR}/include/ignis/ignis.h DESTINATION include/ignis)
install(FILES ${IGNIS_BUNDLED_MODEL} DESTINATION share/ignis)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tools/c-example DESTINATION share/ignis)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md
        DESTINATION share/doc/ignis)

include(CMakePackageConfigHelpers)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ignisConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/ignisConfig.cmake
              ${PROJECT_BINARY_DIR}/ignisConfigVersion.cmake
        DESTINATION lib/cmake/ignis)
configure_file(${PROJECT_SOURCE_DIR}/cmake/ignis.pc.in
               ${PROJECT_BINARY_DIR}/ignis.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/ignis.pc DESTINATION lib/pkgconfig)

# cpack writes ignis_VERSION_ARCH.deb into the build directory.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ignis)
set(CPACK_PACKAGE_CONTACT "The ignis project")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Compiler for Qwen language models")
set(CPACK_PACKAGE_DESCRIPTION
"ignis compiles the forward pass of a Qwen language model, from its
GGUF file, to machine code, and generates text with it: at once, or ahead of
time as one executable.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
# Libraries by what the programs need (dpkg-shlibdeps finds no package for LLVM's
# own); ignis-compile links with a compiler.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS libllvm22)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "g++ | clang-22")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "lld-22, g++-aarch64-linux-gnu")
include(CPack)
