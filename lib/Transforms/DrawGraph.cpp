//===- DrawGraph.cpp - Draw the operations of a layer ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is drawn is found by Drawing/OperationGraph, where it goes by
// Drawing/GraphLayout.
//
//===----------------------------------------------------------------------===//

#include "ignis/Drawing/OperationGraph.h"
#include "ignis/Support/OutputFile.h"
#include "ignis/Transforms/Passes.h"

namespace ignis {
#define GEN_PASS_DEF_DRAWGRAPH
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

namespace {
struct DrawGraph final : ignis::impl::DrawGraphBase<DrawGraph> {
  using DrawGraphBase::DrawGraphBase;

  void runOnOperation() override {
    if (failed(draw()))
      signalPassFailure();
    markAllAnalysesPreserved();
  }

private:
  LogicalResult draw() {
    ModuleOp module = getOperation();
    if (svg.empty())
      return mlir::emitError(module.getLoc(), "expects a file: svg=F.svg");
    std::optional<int64_t> chosen;
    if (layer >= 0)
      chosen = layer;
    std::vector<OperationGraph> graphs;
    for (auto function : module.getOps<func::FuncOp>()) {
      if (function.isDeclaration())
        continue;
      FailureOr<OperationGraph> graph = OperationGraph::build(function, chosen);
      if (failed(graph))
        return failure();
      if (graph->operations != 0)
        graphs.push_back(std::move(*graph));
    }
    if (graphs.empty() && !chosen)
      return emitBriefError(module) << "expects operations to draw, found none";
    if (graphs.empty())
      return emitBriefError(module)
             << "expects operations of layer " << *chosen
             << ", found none (their names are locations: see --debug-info)";
    std::string picture;
    llvm::raw_string_ostream stream(picture);
    if (!writeGraphsAsSVG(graphs, stream))
      return module.emitError("is too large to be drawn: choose a layer");
    if (ignis::Expected<void> written = writeFile(svg, picture); !written)
      return mlir::emitError(module.getLoc(), written.error().message);
    return success();
  }
};
} // namespace
