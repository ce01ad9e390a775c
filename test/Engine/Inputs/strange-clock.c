/* Clocks as bad as they come, for programs that are preloaded with this: with
   STRANGE_CLOCK=jumps, by hours back and forth; else they stand still. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *time) {
  static _Thread_local unsigned calls;
  const char *kind = getenv("STRANGE_CLOCK");
  int jumps = kind && strcmp(kind, "jumps") == 0;
  (void)clock;
  time->tv_sec = 1000000 + (jumps ? (++calls * 2654435761u) % 20000 : 0);
  time->tv_nsec = jumps ? calls % 1000 : 0;
  return 0;
}
