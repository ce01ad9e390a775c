//===- OperationGraph.cpp - The graph of operations -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Drawing/OperationGraph.h"
#include "ignis/Analysis/ThreadAccess.h"

#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace ignis;
using Kind = OperationGraph::Kind;

//===----------------------------------------------------------------------===//
// Single operations
//===----------------------------------------------------------------------===//

static bool isActivation(Value value) {
  return isa<RankedTensorType, MemRefType, Q8Type>(value.getType());
}

static bool isWrittenBuffer(Operation *op, Value value) {
  if (!isa<MemRefType>(value.getType()))
    return false;
  auto effects = dyn_cast<MemoryEffectOpInterface>(op);
  return !effects || effects.getEffectOnValue<MemoryEffects::Write>(value);
}

/// The activations that `op` reads, each once.
static SmallVector<Value> getRead(Operation *op) {
  SetVector<Value> read;
  for (OpOperand &operand : op->getOpOperands()) {
    bool isDestination =
        isa<ComputeOpInterface>(op) && compute::isDestination(operand);
    if (isActivation(operand.get()) && !isDestination)
      read.insert(operand.get());
  }
  return read.takeVector();
}

static SmallVector<Value> getWritten(Operation *op) {
  SetVector<Value> written;
  for (Value value : op->getResults())
    if (isActivation(value))
      written.insert(value);
  for (Value value : op->getOperands())
    if (isWrittenBuffer(op, value))
      written.insert(value);
  return written.takeVector();
}

/// Whether `op` computes activations, rather than only making or naming memory.
static bool isDrawn(Operation *op) {
  if (isa<ComputeOpInterface>(op))
    return true;
  return !isa<ViewLikeOpInterface>(op) &&
         !op->hasTrait<OpTrait::IsTerminator>() && !getRead(op).empty() &&
         !getWritten(op).empty();
}

static Kind getKind(Operation *op) {
  auto compute = dyn_cast<ComputeOpInterface>(op);
  if (!compute)
    return Kind::Other;
  for (Type type : op->getOperandTypes())
    if (auto weight = dyn_cast<WeightType>(type); weight && !weight.isVector())
      return Kind::Matrix;
  if (compute.writesCache() || compute.readsCache())
    return Kind::Cache;
  bool atOwnPlace =
      llvm::all_of(compute.getAccesses(), [](const Access &access) {
        return access.writes || access.part == Part::Own;
      });
  return atOwnPlace ? Kind::Element : Kind::Row;
}

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

static std::string toString(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

static std::string formatShape(ArrayRef<int64_t> shape) {
  return llvm::join(llvm::map_range(shape,
                                    [](int64_t size) {
                                      return ShapedType::isDynamic(size)
                                                 ? std::string("T")
                                                 : std::to_string(size);
                                    }),
                    "×");
}

/// `T×896`, for binary32, which is the rule; with the element type otherwise.
static std::string formatActivation(Type type) {
  if (auto quantized = dyn_cast<Q8Type>(type))
    return formatShape({quantized.getRows(), quantized.getCols()}) + " q8";
  auto shaped = cast<ShapedType>(type);
  std::string text = formatShape(shaped.getShape());
  if (shaped.getElementType().isF32())
    return text;
  return text + " " + toString(shaped.getElementType());
}

static std::string formatWeight(WeightType type) {
  return formatShape(type.getShape()) + " " + type.getFormatName().str();
}

static std::vector<OperationGraph::Resource> getResources(Operation *op) {
  std::vector<OperationGraph::Resource> resources;
  for (Value operand : op->getOperands()) {
    auto type = dyn_cast<WeightType>(operand.getType());
    if (!type)
      continue;
    auto weight = operand.getDefiningOp<WeightOp>();
    std::string text = formatWeight(type);
    std::string name = weight ? weight.getName().str() : "?";
    if (!resources.empty() && resources.back().text == text) {
      ++resources.back().count;
      resources.back().names += "\n" + name;
    } else {
      resources.push_back({text, name, 1, /*isCache=*/false});
    }
  }
  if (auto compute = dyn_cast<ComputeOpInterface>(op)) {
    Type cache;
    for (const Access &access : compute.getAccesses())
      if (access.isOfCache())
        cache = access.getValue().getType();
    StringRef access = !compute.readsCache()   ? "appends"
                       : compute.writesCache() ? "appends, reads"
                                               : "reads";
    if (cache)
      resources.push_back({("cache: " + access).str(), toString(cache), 1,
                           /*isCache=*/true});
  }
  return resources;
}

/// What is known of a value that comes from outside of what is drawn.
static std::string getOrigin(Value value) {
  if (Operation *op = value.getDefiningOp())
    return getDisplayName(op).str();
  if (auto name = value.getLoc()->findInstanceOf<NameLoc>())
    return name.getName().str();
  return "argument " +
         std::to_string(cast<BlockArgument>(value).getArgNumber());
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

namespace {
/// Follows activations through a block, in program order. A buffer's content is
/// what the last operation wrote to it.
class GraphBuilder {
public:
  GraphBuilder(OperationGraph &graph, std::string prefix)
      : graph(graph), prefix(std::move(prefix)) {}
  void addBlock(Block &block);
  /// `reader`, outside of what is drawn, reads `value` if it is in the graph.
  void addReader(Value value, StringRef reader);

private:
  void addOperation(Operation *op);
  bool isChosen(Operation *op) const {
    return getDisplayName(op).starts_with(prefix);
  }
  size_t addNode(OperationGraph::Node node);
  void addValue(size_t node, Value value);
  size_t findOrAddSource(Value value);

  OperationGraph &graph;
  std::string prefix;                    // of the names of what is drawn
  DenseMap<Value, size_t> valueOf;       // of what is in the graph
  DenseMap<Value, std::string> writerOf; // of what is not
  DenseSet<size_t> leaving;              // values that have a boundary to go to
};
} // namespace

size_t GraphBuilder::addNode(OperationGraph::Node node) {
  graph.nodes.push_back(std::move(node));
  return graph.nodes.size() - 1;
}

void GraphBuilder::addValue(size_t node, Value value) {
  Type type = value.getType();
  valueOf[value] = graph.values.size();
  graph.values.push_back(
      {node,
       {},
       formatActivation(type),
       toString(type),
       isa<Q8Type>(type) ||
           cast<ShapedType>(type).getElementType().isInteger(8)});
}

/// The value in the graph that stands for what `value` holds, which comes from
/// a boundary if nothing that is drawn wrote it.
size_t GraphBuilder::findOrAddSource(Value value) {
  auto [it, isNew] = valueOf.try_emplace(value, 0);
  if (isNew) {
    auto writer = writerOf.find(value);
    std::string name =
        writer == writerOf.end() ? getOrigin(value) : writer->second;
    addValue(addNode({Kind::Boundary, "", name, {}}), value);
  }
  return valueOf[value];
}

void GraphBuilder::addReader(Value value, StringRef reader) {
  auto found = valueOf.find(value);
  if (found == valueOf.end() || !leaving.insert(found->second).second)
    return;
  OperationGraph::Value &left = graph.values[found->second];
  if (graph.nodes[left.from].kind != Kind::Boundary)
    left.to.push_back(addNode({Kind::Boundary, "", reader.str(), {}}));
}

void GraphBuilder::addOperation(Operation *op) {
  if (!isChosen(op)) {
    for (Value value : getRead(op))
      addReader(value, getDisplayName(op));
    for (Value value : getWritten(op)) {
      valueOf.erase(value);
      writerOf[value] = getDisplayName(op).str();
    }
    return;
  }
  SmallVector<size_t> sources = llvm::map_to_vector(
      getRead(op), [&](Value value) { return findOrAddSource(value); });
  StringRef name = getDisplayName(op);
  StringRef mnemonic = op->getName().stripDialect();
  Kind kind = getKind(op);
  size_t node = addNode(
      {kind,
       (kind == Kind::Other ? op->getName().getStringRef() : mnemonic).str(),
       name == mnemonic ? "" : name.drop_front(prefix.size()).str(),
       getResources(op)});
  ++graph.operations;
  for (size_t source : sources)
    graph.values[source].to.push_back(node);
  for (Value value : getWritten(op))
    addValue(node, value);
}

void GraphBuilder::addBlock(Block &block) {
  for (Operation &op : block) {
    if (auto phase = dyn_cast<PhaseOp>(op))
      addBlock(phase.getBody().front());
    else if (isDrawn(&op))
      addOperation(&op);
    else if (op.hasTrait<OpTrait::ReturnLike>())
      for (Value value : getRead(&op))
        addReader(value, "returned");
  }
}

FailureOr<OperationGraph> OperationGraph::build(func::FuncOp function,
                                                std::optional<int64_t> layer) {
  if (!llvm::hasSingleElement(function.getBody()))
    return emitBriefError(function) << "expects one block, got "
                                    << function.getBody().getBlocks().size();
  OperationGraph graph;
  std::string prefix =
      layer ? "blk." + std::to_string(*layer) + "." : std::string();
  GraphBuilder builder(graph, prefix);
  builder.addBlock(function.front());
  for (BlockArgument argument : function.getArguments())
    builder.addReader(argument, getOrigin(argument));

  graph.title = "@" + function.getName().str() +
                (layer ? ", layer " + std::to_string(*layer) : std::string()) +
                ": " + std::to_string(graph.operations) + " operation" +
                (graph.operations == 1 ? "" : "s");
  return graph;
}
