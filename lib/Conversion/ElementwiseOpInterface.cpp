//===- ElementwiseOpInterface.cpp - Operations with code ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Conversion/ElementwiseOpInterface.h"

using namespace ignis;

#include "ignis/Conversion/ElementwiseOpInterface.cpp.inc"
