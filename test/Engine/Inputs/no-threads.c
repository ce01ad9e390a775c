/* A system that starts no thread. */

#include <errno.h>

int pthread_create(void *thread, const void *attributes, void *(*body)(void *),
                   void *argument) {
  return EAGAIN;
}
