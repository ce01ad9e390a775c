//===- TestDialect.h - Operations that are not ours ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_FOREIGN_TESTDIALECT_H
#define IGNIS_TEST_UNIT_FOREIGN_TESTDIALECT_H

#include "ignis/Conversion/ElementwiseOpInterface.h"

#include "TestDialect.h.inc"

#define GET_OP_CLASSES
#include "TestOps.h.inc"

#endif // IGNIS_TEST_UNIT_FOREIGN_TESTDIALECT_H
