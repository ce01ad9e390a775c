# What an installation has beside the programs, and Debian packages of it.
# Everything is reached from the programs' place: nothing names the prefix.
install(FILES ${PROJECT_SOURCE_DIR}/include/ignis/ignis.h DESTINATION include/ignis)
install(FILES ${IGNIS_BUNDLED_MODEL} DESTINATION share/ignis)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tools/c-example DESTINATION share/ignis)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md
        ${PROJECT_SOURCE_DIR}/SECURITY.md
        DESTINATION share/doc/ignis)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tools/deploy DESTINATION share/doc/ignis/tools)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/python-free-docs DESTINATION share/doc/ignis
        PATTERN CMakeLists.txt EXCLUDE)

# For passes over the dialect in a project of one's own: the libraries, what they
# and MLIR's TableGen include, and targets (ignisConfig.cmake, component dialect).
if(IGNIS_ENABLE_COMPILER)
  set(libraries IgnisAnalysis IgnisConversion IgnisDrawing IgnisIR IgnisPipeline
      IgnisSupport IgnisTransforms)
  foreach(library ${libraries})
    target_include_directories(${library} INTERFACE $<INSTALL_INTERFACE:include>)
    target_compile_definitions(${library} INTERFACE
                               $<INSTALL_INTERFACE:FMT_HEADER_ONLY>)
  endforeach()
  install(TARGETS ${libraries} EXPORT ignisTargets COMPONENT dialect
          ARCHIVE DESTINATION lib/ignis/dialect)
  install(EXPORT ignisTargets NAMESPACE ignis:: COMPONENT dialect
          DESTINATION lib/cmake/ignis)
  foreach(folder Analysis Conversion Drawing IR Support Transforms)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ignis/${folder}
            DESTINATION include/ignis COMPONENT dialect
            FILES_MATCHING PATTERN *.h PATTERN *.td)
  endforeach()
  install(DIRECTORY ${PROJECT_BINARY_DIR}/include/ignis/ DESTINATION include/ignis
          COMPONENT dialect FILES_MATCHING PATTERN *.inc PATTERN CMakeFiles EXCLUDE)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/runtime/include/ignis
          DESTINATION include COMPONENT dialect)
  install(FILES ${PROJECT_SOURCE_DIR}/include/ignis/Compiler/Pipeline.h
                ${PROJECT_SOURCE_DIR}/include/ignis/Compiler/Stage.h
          DESTINATION include/ignis/Compiler COMPONENT dialect)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/tools/pass-example
          DESTINATION share/ignis COMPONENT dialect)
endif()

include(CMakePackageConfigHelpers)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ignisConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/ignisConfig.cmake
              ${PROJECT_BINARY_DIR}/ignisConfigVersion.cmake
        DESTINATION lib/cmake/ignis COMPONENT dialect)
configure_file(${PROJECT_SOURCE_DIR}/cmake/ignis.pc.in
               ${PROJECT_BINARY_DIR}/ignis.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/ignis.pc DESTINATION lib/pkgconfig)

# cpack writes ignis_VERSION_ARCH.deb into the build directory.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ignis)
# Who packs it, as Debian's tools take it from the environment.
set(contact "The ignis project <ignis@example.org>")
if(DEFINED ENV{DEBEMAIL} AND DEFINED ENV{DEBFULLNAME})
  set(contact "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
endif()
set(IGNIS_MAINTAINER ${contact} CACHE STRING
    "Name <address> of the Debian package's maintainer")
set(CPACK_PACKAGE_CONTACT ${IGNIS_MAINTAINER})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Compiler for Qwen language models")
set(CPACK_PACKAGE_DESCRIPTION
"ignis compiles the forward pass of a Qwen language model, from its
GGUF file, to machine code, and generates text with it: at once, or ahead of
time as one executable.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
# Libraries by what the programs need, each once; LLVM's own, for which
# dpkg-shlibdeps may find no package, is needed by MLIR's. ignis-compile links with
# a compiler.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "g++ | clang-22")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "lld-22, g++-aarch64-linux-gnu")
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/DebianFiles.cmake)
include(CPack)
