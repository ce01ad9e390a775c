//===- ExportProgram.cpp - The descriptor of a compiled program -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Conversion/Passes.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace ignis {
#define GEN_PASS_DEF_EXPORTPROGRAM
#include "ignis/Conversion/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

//===----------------------------------------------------------------------===//
// Globals
//===----------------------------------------------------------------------===//

namespace {
/// Writes the structures of ABI.h as constant globals.
class DescriptorWriter {
public:
  DescriptorWriter(ModuleOp module, ModelAttr model, KVCacheType cache)
      : module(module), model(model), cache(cache),
        builder(module.getLoc(), module.getBodyRegion()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())),
        word(builder.getI64Type()) {
    builder.setInsertionPointToEnd(module.getBody());
  }

  void write(ArrayAttr weights, ArrayRef<LLVM::LLVMFuncOp> entries);

private:
  Type structOf(ArrayRef<Type> fields) {
    return LLVM::LLVMStructType::getLiteral(module.getContext(), fields);
  }
  Value number(int64_t value) {
    return LLVM::ConstantOp::create(builder, builder.getI64IntegerAttr(value));
  }
  Value aggregate(Type type, ArrayRef<Value> fields);
  /// A constant whose value is what `initialize` emits.
  LLVM::GlobalOp constant(StringRef name, Type type, LLVM::Linkage linkage,
                          function_ref<Value()> initialize);
  LLVM::GlobalOp string(StringRef name, StringRef bytes);
  Value addressIn(LLVM::GlobalOp strings, int64_t offset);

  Type getHyperparametersType();
  Value writeHyperparameters(Type type);
  LLVM::GlobalOp writeWeights(ArrayAttr weights);
  LLVM::GlobalOp writeEntries(ArrayRef<LLVM::LLVMFuncOp> entries);
  Value writeEntry(Type type, LLVM::LLVMFuncOp entry, LLVM::GlobalOp name,
                   LLVM::GlobalOp arena);

  ModuleOp module;
  ModelAttr model;
  KVCacheType cache;
  ImplicitLocOpBuilder builder;
  Type pointer, word;
};
} // namespace

Value DescriptorWriter::aggregate(Type type, ArrayRef<Value> fields) {
  Value result = LLVM::UndefOp::create(builder, type);
  for (auto [i, field] : llvm::enumerate(fields))
    result = LLVM::InsertValueOp::create(builder, result, field, i);
  return result;
}

LLVM::GlobalOp DescriptorWriter::constant(StringRef name, Type type,
                                          LLVM::Linkage linkage,
                                          function_ref<Value()> initialize) {
  auto global = LLVM::GlobalOp::create(builder, type, /*isConstant=*/true,
                                       linkage, name, /*value=*/Attribute());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&global.getInitializerRegion());
  LLVM::ReturnOp::create(builder, initialize());
  return global;
}

LLVM::GlobalOp DescriptorWriter::string(StringRef name, StringRef bytes) {
  return LLVM::GlobalOp::create(
      builder, LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size()),
      /*isConstant=*/true, LLVM::Linkage::Internal, name,
      builder.getStringAttr(bytes));
}

Value DescriptorWriter::addressIn(LLVM::GlobalOp strings, int64_t offset) {
  Value begin = LLVM::AddressOfOp::create(builder, strings);
  return LLVM::GEPOp::create(
      builder, pointer, builder.getI8Type(), begin,
      ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

LLVM::GlobalOp DescriptorWriter::writeWeights(ArrayAttr weights) {
  // All names in one string, each ended by a zero byte.
  std::string bytes;
  SmallVector<int64_t> offsets;
  for (auto weight : weights.getAsRange<ArrayAttr>()) {
    offsets.push_back(bytes.size());
    bytes += cast<StringAttr>(weight[0]).getValue();
    bytes += '\0';
  }
  LLVM::GlobalOp names = string("ignis_weight_names", bytes);

  Type record = structOf({pointer, word, word, word});
  Type table = LLVM::LLVMArrayType::get(record, weights.size());
  return constant("ignis_weights", table, LLVM::Linkage::Internal, [&] {
    SmallVector<Value> records;
    for (auto [i, weight] : llvm::enumerate(weights.getAsRange<ArrayAttr>())) {
      auto type = cast<WeightType>(cast<TypeAttr>(weight[1]).getValue());
      records.push_back(
          aggregate(record, {addressIn(names, offsets[i]),
                             number(type.isVector() ? 0 : type.getRows()),
                             number(type.getCols()),
                             number(static_cast<int64_t>(type.getElement()))}));
    }
    return aggregate(table, records);
  });
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

static int64_t getNumber(LLVM::LLVMFuncOp entry, StringRef field) {
  auto attributes = entry->getAttrOfType<DictionaryAttr>(kEntryAttrName);
  return attributes.getAs<IntegerAttr>(field).getInt();
}

static ArrayAttr getArena(LLVM::LLVMFuncOp entry) {
  auto attributes = entry->getAttrOfType<DictionaryAttr>(kEntryAttrName);
  return attributes.getAs<ArrayAttr>("arena");
}

Value DescriptorWriter::writeEntry(Type type, LLVM::LLVMFuncOp entry,
                                   LLVM::GlobalOp name, LLVM::GlobalOp arena) {
  return aggregate(type, {addressIn(name, 0),
                          LLVM::AddressOfOp::create(builder, entry),
                          number(getNumber(entry, "tokens")),
                          number(getNumber(entry, "barriers")),
                          number(getArena(entry).size()), addressIn(arena, 0),
                          number(getNumber(entry, "scratch")),
                          number(getNumber(entry, "candidates"))});
}

LLVM::GlobalOp
DescriptorWriter::writeEntries(ArrayRef<LLVM::LLVMFuncOp> entries) {
  SmallVector<LLVM::GlobalOp> names, arenas;
  for (LLVM::LLVMFuncOp entry : entries) {
    std::string name = entry.getName().str();
    names.push_back(string("ignis_entry_" + name,
                           StringRef(name.c_str(), name.size() + 1)));
    SmallVector<int64_t> numbers;
    for (auto piece : getArena(entry).getAsRange<ArrayAttr>())
      for (auto number : piece.getAsRange<IntegerAttr>())
        numbers.push_back(number.getInt());
    auto type = RankedTensorType::get(numbers.size(), word);
    arenas.push_back(LLVM::GlobalOp::create(
        builder, LLVM::LLVMArrayType::get(word, numbers.size()),
        /*isConstant=*/true, LLVM::Linkage::Internal, "ignis_arena_" + name,
        DenseElementsAttr::get(type, ArrayRef(numbers))));
  }

  Type record =
      structOf({pointer, pointer, word, word, word, pointer, word, word});
  Type table = LLVM::LLVMArrayType::get(record, entries.size());
  return constant("ignis_entries", table, LLVM::Linkage::Internal, [&] {
    SmallVector<Value> records;
    for (auto [entry, name, arena] : llvm::zip(entries, names, arenas))
      records.push_back(writeEntry(record, entry, name, arena));
    return aggregate(table, records);
  });
}

//===----------------------------------------------------------------------===//
// Program
//===----------------------------------------------------------------------===//

/// ignis_hyperparameters, with ignis_rope at its end.
Type DescriptorWriter::getHyperparametersType() {
  Type real = builder.getF64Type();
  SmallVector<Type> fields, rope;
#define IGNIS_SIZE(field, words) fields.push_back(word);
#define IGNIS_FLAG(field, words) fields.push_back(word);
#define IGNIS_REAL(field, words) fields.push_back(real);
#define IGNIS_ROPE(field, usual, words) rope.push_back(real);
#include "ignis/Runtime/Hyperparameters.def"
  fields.push_back(structOf(rope));
  return structOf(fields);
}

Value DescriptorWriter::writeHyperparameters(Type type) {
  auto real = [&](double value) -> Value {
    return LLVM::ConstantOp::create(builder, builder.getF64FloatAttr(value));
  };
  const ignis_hyperparameters &values = model.getValues();
  SmallVector<Value> fields, rope;
#define IGNIS_SIZE(field, words) fields.push_back(number(values.field));
#define IGNIS_FLAG(field, words) fields.push_back(number(values.field));
#define IGNIS_REAL(field, words) fields.push_back(real(values.field));
#define IGNIS_ROPE(field, usual, words) rope.push_back(real(values.rope.field));
#include "ignis/Runtime/Hyperparameters.def"
  Type ropeType = cast<LLVM::LLVMStructType>(type).getBody().back();
  fields.push_back(aggregate(ropeType, rope));
  return aggregate(type, fields);
}

void DescriptorWriter::write(ArrayAttr weights,
                             ArrayRef<LLVM::LLVMFuncOp> entries) {
  LLVM::GlobalOp weightTable = writeWeights(weights);
  LLVM::GlobalOp entryTable = writeEntries(entries);

  ignis_type cacheType =
      cache.getElementType().isF16() ? IGNIS_TYPE_F16 : IGNIS_TYPE_F32;
  Type values = getHyperparametersType();
  Type type =
      structOf({word, word, word, values, word, pointer, word, pointer});
  constant("ignis_compiled_program", type, LLVM::Linkage::External, [&] {
    return aggregate(type,
                     {number(model.getAbi()),
                      number(static_cast<int64_t>(model.getHash())),
                      number(static_cast<int64_t>(cacheType)),
                      writeHyperparameters(values), number(weights.size()),
                      LLVM::AddressOfOp::create(builder, weightTable),
                      number(entries.size()),
                      LLVM::AddressOfOp::create(builder, entryTable)});
  });
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

namespace {
struct ExportProgram : public ignis::impl::ExportProgramBase<ExportProgram> {
  void runOnOperation() override;
};
} // namespace

static bool areWeights(ArrayAttr weights) {
  return weights && llvm::all_of(weights, [](Attribute attribute) {
           auto weight = dyn_cast<ArrayAttr>(attribute);
           if (!weight || weight.size() != 2 || !isa<StringAttr>(weight[0]))
             return false;
           auto type = dyn_cast<TypeAttr>(weight[1]);
           return type && isa<WeightType>(type.getValue());
         });
}

/// Whether `entry` says what ignis-outline-kernels writes.
static bool isEntry(Attribute attribute) {
  auto entry = dyn_cast_or_null<DictionaryAttr>(attribute);
  if (!entry)
    return false;
  auto isNumber = [](Attribute number) {
    auto integer = dyn_cast_or_null<IntegerAttr>(number);
    return integer && integer.getType().isInteger(64);
  };
  auto arena = entry.getAs<ArrayAttr>("arena");
  return llvm::all_of(
             ArrayRef{"tokens", "barriers", "scratch", "candidates"},
             [&](StringRef name) { return isNumber(entry.get(name)); }) &&
         arena && llvm::all_of(arena, [&](Attribute piece) {
           auto numbers = dyn_cast<ArrayAttr>(piece);
           return numbers && numbers.size() == 2 &&
                  llvm::all_of(numbers, isNumber);
         });
}

void ExportProgram::runOnOperation() {
  ModuleOp module = getOperation();
  auto fail = [&](Operation *op, const Twine &message) {
    op->emitOpError(message);
    signalPassFailure();
  };
  auto model =
      module->getAttrOfType<ModelAttr>(IgnisDialect::getModelAttrName());
  auto weights = module->getAttrOfType<ArrayAttr>(kWeightsAttrName);
  auto cacheAttr = module->getAttrOfType<TypeAttr>(kCacheAttrName);
  auto cache =
      cacheAttr ? dyn_cast<KVCacheType>(cacheAttr.getValue()) : KVCacheType();
  if (!model || !areWeights(weights) || !cache)
    return fail(module, "expects the attributes of a program: '" +
                            IgnisDialect::getModelAttrName() + "', '" +
                            kWeightsAttrName + "' and '" + kCacheAttrName +
                            "'");
  if (module.lookupSymbol("ignis_compiled_program"))
    return fail(module, "is described already by @ignis_compiled_program");

  SmallVector<LLVM::LLVMFuncOp> entries;
  for (auto function : module.getOps<LLVM::LLVMFuncOp>()) {
    Attribute entry = function->getAttr(kEntryAttrName);
    if (!entry)
      continue;
    if (!isEntry(entry))
      return fail(function, "expects '" + kEntryAttrName +
                                "' to have tokens, barriers, arena, "
                                "scratch and candidates");
    entries.push_back(function);
  }
  if (entries.empty())
    return fail(module, "expects a function with '" + kEntryAttrName + "'");
  DescriptorWriter(module, model, cache).write(weights, entries);

  // What the attributes say is in the descriptor; without them, the module is
  // one of upstream's dialects alone.
  for (StringRef name :
       {StringRef(IgnisDialect::getModelAttrName()),
        StringRef(kWeightsAttrName), StringRef(kCacheAttrName)})
    module->removeAttr(name);
  for (LLVM::LLVMFuncOp entry : entries)
    entry->removeAttr(kEntryAttrName);
}
