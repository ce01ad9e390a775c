//===- RuntimeFunctions.cpp - What compiled code may call -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeFunctions.h"

#include "ignis/Runtime/ABI.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"

using namespace mlir;
using namespace ignis;

template <typename T>
static Type getParameterType(Builder &builder) {
  if constexpr (std::is_pointer_v<T>)
    return LLVM::LLVMPointerType::get(builder.getContext());
  static_assert(std::is_pointer_v<T> || std::is_same_v<T, int64_t>,
                "compiled code passes addresses and 64-bit numbers");
  return builder.getIndexType();
}

template <typename... Parameters>
static FunctionType getTypeOf(void (*)(Parameters...), Builder &builder) {
  return builder.getFunctionType({getParameterType<Parameters>(builder)...},
                                 TypeRange());
}

StringRef ignis::getName(RuntimeFunction function) {
  switch (function) {
#define IGNIS_RT_FUNCTION(name)                                                \
  case RuntimeFunction::name:                                                  \
    return #name;
#include "ignis/Runtime/Functions.def"
  }
  llvm_unreachable("covered switch");
}

FunctionType ignis::getType(RuntimeFunction function, Builder &builder) {
  switch (function) {
#define IGNIS_RT_FUNCTION(name)                                                \
  case RuntimeFunction::name:                                                  \
    return getTypeOf(static_cast<decltype(&::name)>(nullptr), builder);
#include "ignis/Runtime/Functions.def"
  }
  llvm_unreachable("covered switch");
}
