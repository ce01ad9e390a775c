//===- IgnisTypes.td - Types of the ignis dialect ----------*- tablegen -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_IR_TYPES_TD
#define IGNIS_IR_TYPES_TD

include "ignis/IR/IgnisDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

class Ignis_Type<string name, string typeMnemonic> : TypeDef<Ignis_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def Ignis_WeightType : Ignis_Type<"Weight", "weight"> {
  let summary = "a tensor of the model's file";
  let description = [{
    A matrix `rows x cols` (a row for each column of the product) or a vector,
    with the format it has in the file, by its name in WeightFormats.def: `f32`,
    `f16`, `bf16`, or one in blocks of 32 or 256 values along the columns, such
    as `q8_0` and `q4_k`. A vector's elements stand alone. Where a tensor lies,
    packed or not, is the runtime's business.

    Example: `!ignis.weight<896x4864xq5_0>`, `!ignis.weight<896xf32>`
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape,
                        "::ignis_type":$element);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    bool isVector() const { return getShape().size() == 1; }
    /// The columns of a product with it. Of a matrix only.
    int64_t getRows() const { return getShape().front(); }
    /// The columns that a product takes; the length of a vector.
    int64_t getCols() const { return getShape().back(); }
    const ::ignis::WeightFormat &getFormat() const;
    ::llvm::StringRef getFormatName() const { return getFormat().name; }
    /// Whether products with it take quantised activations.
    bool wantsQuantizedInput() const {
      return getFormat().activation == ::ignis::Activation::Q8;
    }
  }];
}

def Ignis_RowsType : Ignis_Type<"Rows", "rows"> {
  let summary = "the rows of a call";
  let description = [{
    An opaque handle (`ignis_rows` of the runtime). A call computes T rows, each a
    token at a position of a sequence; the handle says for each row which
    sequence and position that is, and which rows want logits. Rows of one
    sequence follow one another, at positions that do so too.

    Example: `!ignis.rows`
  }];
}

def Ignis_KVCacheType : Ignis_Type<"KVCache", "kv_cache"> {
  let summary = "keys and values of all layers";
  let description = [{
    An opaque handle on a pool of pages, in which `!ignis.rows` tells where a
    sequence's positions are: the runtime owns layout, size and capacity. Parameters
    are layers, key/value heads, head dimension and the element type, `f16` or
    `f32`, to which keys and values are rounded before anything reads them.

    Example: `!ignis.kv_cache<24, 2, 64, f16>`
  }];
  let parameters = (ins "int64_t":$layers, "int64_t":$heads,
                        "int64_t":$headDim, "::mlir::Type":$elementType);
  let assemblyFormat = "`<` $layers `,` $heads `,` $headDim `,` $elementType `>`";
  let genVerifyDecl = 1;
}

def Ignis_Q8Type : Ignis_Type<"Q8", "q8"> {
  let summary = "a quantised activation";
  let description = [{
    `rows x cols` elements in blocks of 32 along the columns, each block with a
    binary32 scale and the sums of its halves. Bufferization turns it into bytes,
    `memref<rows x B x i8>` with B the bytes of a row (see `getRowBytes`).

    Example: `!ignis.q8<?x896>`
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$cols);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Bytes of a quantised row of `cols` elements: values, scales,
    /// sums, padded to 64 (ignis_q8_row_bytes of the runtime).
    static int64_t getRowBytes(int64_t cols);
    /// The tensor of bytes that destination form uses in place of this type.
    ::mlir::RankedTensorType getStorageType() const;
  }];
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

class Ignis_Attr<string name, string attrMnemonic> : AttrDef<Ignis_Dialect, name> {
  let mnemonic = attrMnemonic;
}

def Ignis_RopeAttr : Ignis_Attr<"Rope", "rope"> {
  let summary = "how queries and keys are turned by their positions";
  let description = [{
    Pair i of a head turns by the angle `position * base^(-2i / head_dim)`. A
    context is stretched by a `factor`: linearly, or as YaRN does, which spares
    the pairs that turn fast. What is not said is as usual, without stretching.
    The keys are those of Hyperparameters.def, the formulas in the numeric
    contract.

    Example: `#ignis.rope<base = 1.0e6>`, `#ignis.rope<base = 1.0e6,
    factor = 4.0, extrapolation = 1.0, original_context = 32768.0>`
  }];
  let parameters = (ins "::ignis_rope":$values);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Ignis_ModelAttr : Ignis_Attr<"Model", "model"> {
  let summary = "the hyper-parameters of a model";
  let description = [{
    The hyper-parameters (those of Hyperparameters.def, each by its name and
    all of them), the version of the interface between compiled code and
    runtime, and a hash of the tensors' names, shapes and types. A program runs
    only with a file that agrees.
  }];
  let parameters = (ins "::ignis_hyperparameters":$values, "int64_t":$abi,
                        "uint64_t":$hash);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// What turns queries and keys.
    RopeAttr getRope() const;
  }];
}

def Ignis_ShareKind : I32EnumAttr<"ShareKind", "how work is divided", [
    I32EnumAttrCase<"Tokens", 0, "tokens">,
    I32EnumAttrCase<"Columns", 1, "columns">,
    I32EnumAttrCase<"Replicated", 2, "replicated">]> {
  let cppNamespace = "::ignis";
  let genSpecializedAttr = 0;
}

def Ignis_ShareAttr : Ignis_Attr<"Share", "share"> {
  let summary = "which part of a result each thread of the team computes";
  let description = [{
    - `#ignis.share<tokens>`: rows. Thread `i` of `n` has rows
      `T*i/n .. T*(i+1)/n` of T.
    - `#ignis.share<columns, p>`: columns, in p parts. Thread `i` of `n` has
      parts `p*i/n .. p*(i+1)/n`; a part of a buffer of N columns is
      `ceil(N/p)` columns rounded up to 16, the last one what is left.
    - `#ignis.share<replicated>`: every thread computes everything, for itself:
      the destination is memory of its own (`memref.alloca`).
    - `#ignis.share<columns, p, units = u>`: columns, in p parts, of which the
      ranks have their own. Rank `r` of `R` has units `u*r/R .. u*(r+1)/R` of u
      and the parts that cover them; thread `i` of `n` has the i-th n-th of
      those. With p = u no part has two ranks; with fewer parts than units
      several ranks compute one where they share it (a key/value head).
  }];
  let parameters = (ins "::ignis::ShareKind":$kind,
                        DefaultValuedParameter<"int64_t", "0">:$parts,
                        DefaultValuedParameter<"int64_t", "0">:$units);
  let builders = [AttrBuilder<(ins "::ignis::ShareKind":$kind, "int64_t":$parts), [{
    return $_get($_ctxt, kind, parts, /*units=*/0);
  }]>];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Columns of one part of a buffer of `columns`.
    static int64_t getPartColumns(int64_t columns, int64_t parts);
    /// Whether ranks divide the work.
    bool isDistributed() const { return getUnits() != 0; }
  }];
}

def Ignis_TensorAttr : Ignis_Attr<"Tensor", "tensor"> {
  let summary = "a tensor of the file that a program reads";
  let description = [{
    A matrix whose rows ranks divide has them in `parts`, of which a rank has
    those that cover its `units`, as in `#ignis.share<columns, parts, units>`;
    with -1 units, rows are only looked up.
  }];
  let parameters = (ins "::mlir::StringAttr":$name, "::ignis::WeightType":$type,
                        DefaultValuedParameter<"int64_t", "0">:$parts,
                        DefaultValuedParameter<"int64_t", "0">:$units);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Ignis_EntryAttr : Ignis_Attr<"Entry", "entry"> {
  let summary = "a function that the runtime calls, and what it needs";
  let description = [{
    - `tokens`: how many a call computes, or 0 for any number;
    - `barriers`: how many a call goes through;
    - `candidates`: of a row of its result, or 0 if that is logits;
    - `scratch`: bytes of a thread's own memory for each token;
    - `arena`: pairs a, b: the arena has as many bytes as the greatest
      `a * T + b`.
    - `gathers`: how often a call exchanges results among ranks;
    - `gathered`, `gathered_outputs`: bytes that ranks together send, for each
      token and for each row that wants logits; `gathered_row`: the most in one
      exchange for a row.
  }];
  let parameters = (ins "::mlir::FlatSymbolRefAttr":$function,
                        "int64_t":$tokens, "int64_t":$barriers,
                        "int64_t":$candidates, "int64_t":$scratch,
                        "::mlir::DenseI64ArrayAttr":$arena,
                        DefaultValuedParameter<"int64_t", "0">:$gathers,
                        DefaultValuedParameter<"int64_t", "0">:$gathered,
                        DefaultValuedParameter<"int64_t", "0">:$gathered_outputs,
                        DefaultValuedParameter<"int64_t", "0">:$gathered_row);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

#endif // IGNIS_IR_TYPES_TD
