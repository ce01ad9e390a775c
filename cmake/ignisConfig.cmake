# Compiled models in a program of one's own:
#
#   find_package(ignis REQUIRED)
#   ignis_add_library(bard MODEL bard.gguf [SHARED] [EMBED] [CPU cpu] [BATCH n]
#                     [CACHE_TYPE f16|f32])
#   target_link_libraries(program PRIVATE bard)       # includes "bard.h"
#
# ignis-compile makes the library when it is needed, and anew when the model or
# ignis has changed. It is for CMAKE_SYSTEM_PROCESSOR, so that cross-compiling
# needs nothing more.
#
# Passes over the dialect, with MLIR 22:
#
#   find_package(ignis REQUIRED COMPONENTS dialect)
#   target_link_libraries(example-opt PRIVATE ignis::IgnisPipeline)
get_filename_component(ignis_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(ignis_COMPILE_EXECUTABLE ${ignis_PREFIX}/bin/ignis-compile)
# A small model to begin with.
set(ignis_BUNDLED_MODEL ${ignis_PREFIX}/share/ignis/ignis-bard-q8_0.gguf)

include(CMakeFindDependencyMacro)
find_dependency(Threads)

# What every library that ignis-compile makes needs beside itself.
if(NOT TARGET ignis::ignis)
  add_library(ignis::ignis INTERFACE IMPORTED)
  set_target_properties(ignis::ignis PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES ${ignis_PREFIX}/include
    INTERFACE_LINK_LIBRARIES "stdc++;m;Threads::Threads")
endif()

if("dialect" IN_LIST ignis_FIND_COMPONENTS AND NOT TARGET ignis::IgnisIR)
  find_package(MLIR REQUIRED CONFIG HINTS /usr/lib/llvm-22)
  if(NOT LLVM_VERSION_MAJOR EQUAL 22)
    message(FATAL_ERROR "ignis needs LLVM 22, found ${LLVM_PACKAGE_VERSION} in ${LLVM_DIR}")
  endif()
  include("${CMAKE_CURRENT_LIST_DIR}/ignisTargets.cmake")
  target_include_directories(ignis::IgnisIR SYSTEM INTERFACE
                             ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  target_compile_features(ignis::IgnisIR INTERFACE cxx_std_20)
  # As LLVM and its libraries are compiled.
  target_compile_options(ignis::IgnisIR INTERFACE
    $<$<NOT:$<BOOL:${LLVM_ENABLE_RTTI}>>:-fno-rtti>)
endif()

function(ignis_add_library name)
  cmake_parse_arguments(ARG "SHARED;EMBED" "MODEL;CPU;BATCH;CACHE_TYPE" "" ${ARGN})
  if(NOT ARG_MODEL OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ignis_add_library(${name}): expects MODEL and what is "
                        "listed in ignisConfig.cmake, got: ${ARGN}")
  endif()
  get_filename_component(model ${ARG_MODEL} ABSOLUTE
                         BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
  set(kind STATIC)
  if(ARG_SHARED)
    set(kind SHARED)
  endif()
  set(directory ${CMAKE_CURRENT_BINARY_DIR}/${name}-ignis)
  file(MAKE_DIRECTORY ${directory})
  set(library ${directory}/lib${name}${CMAKE_${kind}_LIBRARY_SUFFIX})
  set(header ${directory}/${name}.h)
  set(options --target=${CMAKE_SYSTEM_PROCESSOR}-linux-gnu)
  if(ARG_EMBED)
    list(APPEND options --embed)
  endif()
  if(ARG_CPU)
    list(APPEND options --cpu=${ARG_CPU})
  endif()
  if(ARG_BATCH)
    list(APPEND options -b ${ARG_BATCH})
  endif()
  if(ARG_CACHE_TYPE)
    list(APPEND options --cache-type=${ARG_CACHE_TYPE})
  endif()
  add_custom_command(OUTPUT ${library} ${header}
    COMMAND ${ignis_COMPILE_EXECUTABLE} -m ${model} -o ${library}
            --emit-header ${header} ${options}
    DEPENDS ${model} ${ignis_COMPILE_EXECUTABLE}
    COMMENT "Compiling ${ARG_MODEL} to ${name}" VERBATIM)
  add_custom_target(${name}-ignis DEPENDS ${library} ${header})
  add_library(${name} ${kind} IMPORTED GLOBAL)
  add_dependencies(${name} ${name}-ignis)
  set_target_properties(${name} PROPERTIES
    IMPORTED_LOCATION ${library}
    INTERFACE_INCLUDE_DIRECTORIES ${directory}
    INTERFACE_LINK_LIBRARIES ignis::ignis)
endfunction()
