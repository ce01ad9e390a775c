//===- SmallModels.h - Graphs of models made up in memory ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_TRANSFORMS_SMALLMODELS_H
#define IGNIS_TEST_UNIT_TRANSFORMS_SMALLMODELS_H

#include "ignis/Compiler/ForwardGraph.h"
#include "ignis/Model/Synthesize.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace ignis {

/// Gives a matrix its element type.
using TypeChooser = llvm::function_ref<ignis_type(llvm::StringRef name)>;

/// A model of one layer that is nowhere but here; its tensors have no data.
inline ModelDescription
getOneLayerModel(TypeChooser chooseType,
                 std::string_view shape = "1,64,96,2,1,100,1") {
  ModelDescription model;
  model.config = *parseShape(shape);
  for (const TensorShape &shape : listTensors(model.config))
    model.tensors.push_back(
        {shape, shape.rows == 0 ? IGNIS_TYPE_F32 : chooseType(shape.name),
         nullptr});
  model.hash = 1;
  return model;
}

inline std::string toText(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  return text;
}

} // namespace ignis

#endif // IGNIS_TEST_UNIT_TRANSFORMS_SMALLMODELS_H
