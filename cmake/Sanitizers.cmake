# What IGNIS_SANITIZER=address,undefined or thread builds with. LLVM's own
# libraries are not instrumented; SanitizerOptions.c says what follows from that.
add_compile_options(-fsanitize=${IGNIS_SANITIZER} -fno-omit-frame-pointer
                    -fno-sanitize-recover=all)
add_link_options(-fsanitize=${IGNIS_SANITIZER})
if(IGNIS_SANITIZER MATCHES undefined)
  # LLVM's objects are of types whose information its libraries keep to themselves.
  add_compile_options(-fno-sanitize=vptr)
endif()

# In every program, so that none has to be started with options.
add_library(IgnisSanitizerOptions OBJECT
            ${CMAKE_CURRENT_LIST_DIR}/SanitizerOptions.c)
set(objects $<TARGET_OBJECTS:IgnisSanitizerOptions>)
link_libraries($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:${objects}>)
