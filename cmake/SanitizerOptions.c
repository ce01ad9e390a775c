/* The options that every program of a sanitizer's build begins with; those in
   ASAN_OPTIONS and so on come on top. What LLVM's libraries do is not seen, so:
   containers that they have changed look overrun, memory that they have given
   back to an arena looks poisoned, and their stack for signals is one that the
   sanitizer would use as well. */

const char *__asan_default_options(void);
const char *__tsan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void) {
  return "detect_container_overflow=0:allow_user_poisoning=0:use_sigaltstack=0:"
         "strict_string_checks=1:check_initialization_order=1";
}

const char *__tsan_default_options(void) {
  return "use_sigaltstack=0:second_deadlock_stack=1";
}

const char *__ubsan_default_options(void) { return "print_stacktrace=1"; }
