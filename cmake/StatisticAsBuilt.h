/* Included before everything where LLVM's libraries were built without
   assertions and we are not: llvm::Statistic, of which every pass has members,
   is another class then, and only what the libraries construct is one. */

#ifndef NDEBUG
#define NDEBUG
#include "llvm/ADT/Statistic.h"
#undef NDEBUG
#include <cassert>
#endif
