//===- ExportProgram.cpp - The descriptor of a compiled program -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Conversion/Passes.h"

#include "ignis/Runtime/ABI.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <cstddef>

namespace ignis {
#define GEN_PASS_DEF_EXPORTPROGRAM
#include "ignis/Conversion/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

// What is written here is read by these structures: words, one after the other.
// The hyper-parameters are written by the list that their structure is made of.
static constexpr size_t hyperparameters = 0
#define IGNIS_SIZE(field, words) +1
#define IGNIS_FLAG(field, words) +1
#define IGNIS_REAL(field, words) +1
#define IGNIS_ROPE(field, usual, words) +1
#include "ignis/Runtime/Hyperparameters.def"
    ;
static_assert(sizeof(ignis_hyperparameters) == hyperparameters * 8);
#define IGNIS_FIELD(record, field, number)                                     \
  static_assert(offsetof(record, field) == 8 * (number) &&                     \
                sizeof(record::field) == 8)
IGNIS_FIELD(ignis_program_weight, name, 0);
IGNIS_FIELD(ignis_program_weight, rows, 1);
IGNIS_FIELD(ignis_program_weight, cols, 2);
IGNIS_FIELD(ignis_program_weight, type, 3);
IGNIS_FIELD(ignis_program_weight, parts, 4);
IGNIS_FIELD(ignis_program_weight, units, 5);
static_assert(sizeof(ignis_program_weight) == 6 * 8);
IGNIS_FIELD(ignis_linear, a, 0);
IGNIS_FIELD(ignis_linear, b, 1);
static_assert(sizeof(ignis_linear) == 2 * 8);
IGNIS_FIELD(ignis_entry, name, 0);
IGNIS_FIELD(ignis_entry, run, 1);
IGNIS_FIELD(ignis_entry, tokens, 2);
IGNIS_FIELD(ignis_entry, barriers, 3);
IGNIS_FIELD(ignis_entry, arena_piece_count, 4);
IGNIS_FIELD(ignis_entry, arena_pieces, 5);
IGNIS_FIELD(ignis_entry, scratch_bytes_per_token, 6);
IGNIS_FIELD(ignis_entry, candidates, 7);
IGNIS_FIELD(ignis_entry, gathers, 8);
IGNIS_FIELD(ignis_entry, gather_bytes_per_token, 9);
IGNIS_FIELD(ignis_entry, gather_bytes_per_output, 10);
IGNIS_FIELD(ignis_entry, gather_row_bytes, 11);
static_assert(sizeof(ignis_entry) == 12 * 8);
IGNIS_FIELD(ignis_program, abi_version, 0);
IGNIS_FIELD(ignis_program, model_hash, 1);
IGNIS_FIELD(ignis_program, kv_type, 2);
IGNIS_FIELD(ignis_program, weight_count, 3 + hyperparameters);
IGNIS_FIELD(ignis_program, weights, 4 + hyperparameters);
IGNIS_FIELD(ignis_program, entry_count, 5 + hyperparameters);
IGNIS_FIELD(ignis_program, entries, 6 + hyperparameters);
IGNIS_FIELD(ignis_program, head_units, 7 + hyperparameters);
static_assert(sizeof(ignis_program) == (8 + hyperparameters) * 8);
#undef IGNIS_FIELD

//===----------------------------------------------------------------------===//
// Globals
//===----------------------------------------------------------------------===//

namespace {
/// Writes the structures of ABI.h as constant globals.
class DescriptorWriter {
public:
  DescriptorWriter(ModuleOp module, ModelAttr model, ProgramOp program)
      : module(module), model(model), program(program),
        builder(module.getLoc(), module.getBodyRegion()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())),
        word(builder.getI64Type()) {
    builder.setInsertionPointToEnd(module.getBody());
  }

  void write();

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
  LLVM::GlobalOp writeWeights();
  LLVM::GlobalOp writeEntries();
  Value writeEntry(Type type, EntryAttr entry, LLVM::GlobalOp name,
                   LLVM::GlobalOp arena);

  ModuleOp module;
  ModelAttr model;
  ProgramOp program;
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

LLVM::GlobalOp DescriptorWriter::writeWeights() {
  auto tensors = llvm::to_vector(program.getTensors().getAsRange<TensorAttr>());
  // All names in one string, each ended by a zero byte.
  std::string bytes;
  SmallVector<int64_t> offsets;
  for (TensorAttr tensor : tensors) {
    offsets.push_back(bytes.size());
    bytes += tensor.getName().getValue();
    bytes += '\0';
  }
  LLVM::GlobalOp names = string("ignis_weight_names", bytes);

  Type record = structOf({pointer, word, word, word, word, word});
  Type table = LLVM::LLVMArrayType::get(record, tensors.size());
  return constant("ignis_weights", table, LLVM::Linkage::Internal, [&] {
    SmallVector<Value> records;
    for (auto [tensor, offset] : llvm::zip(tensors, offsets)) {
      WeightType type = tensor.getType();
      records.push_back(aggregate(
          record,
          {addressIn(names, offset),
           number(type.isVector() ? 0 : type.getRows()), number(type.getCols()),
           number(static_cast<int64_t>(type.getElement())),
           number(tensor.getParts()), number(tensor.getUnits())}));
    }
    return aggregate(table, records);
  });
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

Value DescriptorWriter::writeEntry(Type type, EntryAttr entry,
                                   LLVM::GlobalOp name, LLVM::GlobalOp arena) {
  Value function = LLVM::AddressOfOp::create(builder, pointer,
                                             entry.getFunction().getValue());
  return aggregate(
      type, {addressIn(name, 0), function, number(entry.getTokens()),
             number(entry.getBarriers()), number(entry.getArena().size() / 2),
             addressIn(arena, 0), number(entry.getScratch()),
             number(entry.getCandidates()), number(entry.getGathers()),
             number(entry.getGathered()), number(entry.getGatheredOutputs()),
             number(entry.getGatheredRow())});
}

LLVM::GlobalOp DescriptorWriter::writeEntries() {
  auto entries = llvm::to_vector(program.getEntries().getAsRange<EntryAttr>());
  SmallVector<LLVM::GlobalOp> names, arenas;
  for (EntryAttr entry : entries) {
    std::string name = entry.getFunction().getValue().str();
    names.push_back(string("ignis_entry_" + name,
                           StringRef(name.c_str(), name.size() + 1)));
    ArrayRef<int64_t> numbers = entry.getArena();
    auto type = RankedTensorType::get(numbers.size(), word);
    arenas.push_back(LLVM::GlobalOp::create(
        builder, LLVM::LLVMArrayType::get(word, numbers.size()),
        /*isConstant=*/true, LLVM::Linkage::Internal, "ignis_arena_" + name,
        DenseElementsAttr::get(type, numbers)));
  }

  Type record = structOf({pointer, pointer, word, word, word, pointer, word,
                          word, word, word, word, word});
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

void DescriptorWriter::write() {
  LLVM::GlobalOp weightTable = writeWeights();
  LLVM::GlobalOp entryTable = writeEntries();

  auto cache = cast<KVCacheType>(program.getCache());
  ignis_type cacheType =
      cache.getElementType().isF16() ? IGNIS_TYPE_F16 : IGNIS_TYPE_F32;
  Type values = getHyperparametersType();
  Type type =
      structOf({word, word, word, values, word, pointer, word, pointer, word});
  constant("ignis_compiled_program", type, LLVM::Linkage::External, [&] {
    return aggregate(
        type,
        {number(model.getAbi()), number(static_cast<int64_t>(model.getHash())),
         number(static_cast<int64_t>(cacheType)), writeHyperparameters(values),
         number(program.getTensors().size()),
         LLVM::AddressOfOp::create(builder, weightTable),
         number(program.getEntries().size()),
         LLVM::AddressOfOp::create(builder, entryTable),
         number(static_cast<int64_t>(program.getHeadUnits()))});
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

void ExportProgram::runOnOperation() {
  ModuleOp module = getOperation();
  auto fail = [&](const Twine &message) {
    emitBriefError(module) << message;
    signalPassFailure();
  };
  auto model =
      module->getAttrOfType<ModelAttr>(IgnisDialect::getModelAttrName());
  auto programs = module.getOps<ProgramOp>();
  if (!model || programs.empty())
    return fail("expects '" + IgnisDialect::getModelAttrName() +
                "' and an ignis.program: run ignis-outline-kernels");
  if (module.lookupSymbol("ignis_compiled_program"))
    return fail("is described already by @ignis_compiled_program");
  ProgramOp program = *programs.begin();
  for (auto entry : program.getEntries().getAsRange<EntryAttr>())
    if (!module.lookupSymbol<LLVM::LLVMFuncOp>(entry.getFunction()))
      return fail("expects functions of the LLVM dialect: run ignis-to-llvm");
  DescriptorWriter(module, model, program).write();

  // All that is said of the program is in the descriptor; without it, the
  // module is one of upstream's dialects alone.
  module->removeAttr(IgnisDialect::getModelAttrName());
  program.erase();
}
