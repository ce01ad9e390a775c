//===- ElementwiseOps.cpp - The dialect's elementwise operations ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// They bring their code by the interface that operations of other dialects
// bring theirs by: a formula and a line in the list of those that have one.
//
//===----------------------------------------------------------------------===//

#include "ElementwiseFormulas.h"
#include "ignis/Conversion/ElementwiseOpInterface.h"

using namespace mlir;
using namespace ignis;

static constexpr ElementwiseFormula addFormula = {
    "add", [](VectorCode &code, ValueRange x) { return code.add(x[0], x[1]); }};
static constexpr ElementwiseFormula mulFormula = {
    "mul", [](VectorCode &code, ValueRange x) { return code.mul(x[0], x[1]); }};
static constexpr ElementwiseFormula scaleFormula = {
    "scale",
    [](VectorCode &code, ValueRange x) { return code.mul(x[0], x[1]); }};
static constexpr ElementwiseFormula siluFormula = {
    "silu", [](VectorCode &code, ValueRange x) { return code.silu(x[0]); }};
constexpr ElementwiseFormula ignis::swiGLUFormula = {
    "swiglu", [](VectorCode &code, ValueRange x) {
      return code.mul(code.silu(x[0]), x[1]);
    }};
constexpr ElementwiseFormula ignis::quantizeFormula = {
    "quantize", [](VectorCode &, ValueRange x) { return x[0]; }};

namespace {
template <typename OpT, const ElementwiseFormula &formula>
struct Model : ElementwiseOpInterface::ExternalModel<Model<OpT, formula>, OpT> {
  std::string getKernelName(Operation *) const { return formula.name.str(); }
  Value emitElements(Operation *, VectorCode &code, ValueRange inputs) const {
    return formula.emit(code, inputs);
  }

  static void attach(MLIRContext *context) {
    OpT::template attachInterface<Model>(*context);
  }
};
} // namespace

void ignis::registerElementwiseOps(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, IgnisDialect *) {
    Model<AddOp, addFormula>::attach(context);
    Model<MulOp, mulFormula>::attach(context);
    Model<ScaleOp, scaleFormula>::attach(context);
    Model<SiluOp, siluFormula>::attach(context);
    Model<SwiGLUOp, swiGLUFormula>::attach(context);
    Model<QuantizeOp, quantizeFormula>::attach(context);
  });
}
