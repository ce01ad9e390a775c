//===- Passes.td - Passes over the ignis dialect -----------*- tablegen -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In the order of the pipeline. Pass ignis-fuse-swiglu lives in FuseSwiGLU.cpp
// and is tested by test/Transforms/fuse-swiglu.mlir; so do the others.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TRANSFORMS_PASSES_TD
#define IGNIS_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Fusion, on values
//===----------------------------------------------------------------------===//

def FuseRMSNorm : Pass<"ignis-fuse-rms-norm", "::mlir::func::FuncOp"> {
  let summary = "Fuse rms_normalize and scale into rms_norm";
  let description = [{
    `scale(rms_normalize(x), w)` becomes `rms_norm(x, w)` where the normalised
    value has no other use. 49 times in a model of 24 layers.
  }];
  let dependentDialects = ["::ignis::IgnisDialect"];
  let statistics = [Statistic<"numFused", "fused", "RMSNorms fused">];
}

def FuseSwiGLU : Pass<"ignis-fuse-swiglu", "::mlir::func::FuncOp"> {
  let summary = "Fuse silu and mul into swiglu";
  let description = [{
    `mul(silu(g), u)`, in either operand order, becomes `swiglu(g, u)` where the
    activated gate has no other use. Once per layer.
  }];
  let dependentDialects = ["::ignis::IgnisDialect"];
  let statistics = [Statistic<"numFused", "fused", "SwiGLUs fused">];
}

def ShareQuantization : Pass<"ignis-share-quantization", "::mlir::func::FuncOp"> {
  let summary = "Make activation quantisation explicit, once per value";
  let description = [{
    A matrix product of f32 activations with a weight that wants them quantised
    becomes one of `ignis.quantize`, which common subexpression elimination then
    shares: one for q, k and v, one for gate and up.
  }];
  let dependentDialects = ["::ignis::IgnisDialect"];
  let statistics = [Statistic<"numShared", "shared", "quantisations saved">];
}

def FuseQuantize : Pass<"ignis-fuse-quantize", "::mlir::func::FuncOp"> {
  let summary = "Quantise where a value is produced";
  let description = [{
    `quantize(f(x))` becomes `f(x)` with a quantised result, where `f` says that
    it can give one (a norm, an attention or a SwiGLU) and nothing else reads
    its result. Four times per layer, and once before the head.
  }];
  let dependentDialects = ["::ignis::IgnisDialect"];
  let statistics = [Statistic<"numFused", "fused", "quantisations fused">];
}

def GroupQKV : Pass<"ignis-group-qkv", "::mlir::func::FuncOp"> {
  let summary = "Make the projections to q, k and v one grouped product";
  let description = [{
    The three matrix products that an attention gets its operands from, two of
    them through a rotary embedding and perhaps norms, become one `grouped_matmul`, where the first
    of them stood. The matrices stay three operands; they must agree in whether
    their input is quantised.
  }];
  let dependentDialects = ["::ignis::IgnisDialect"];
  let statistics = [Statistic<"numFused", "fused", "projections grouped">];
}

def FuseRopeAppend : Pass<"ignis-fuse-rope-append", "::mlir::func::FuncOp"> {
  let summary = "Norm and rotate q and k and append k and v in the epilogue of qkv";
  let description = [{
    `attention(rope(q), rope(k), v)`, with q, k and v from one `grouped_matmul`,
    becomes `qkv`, which rotates and appends, and `attend`. q and k may be
    normalised head by head before (`rms_norm` with `head_dim`); `qkv` does that
    too. Once per layer, after ignis-group-qkv and ignis-fuse-rms-norm.
  }];
  let dependentDialects = ["::ignis::IgnisDialect"];
  let statistics = [Statistic<"numFused", "fused", "attentions split">];
}

def FuseGateUp : Pass<"ignis-fuse-gate-up", "::mlir::func::FuncOp"> {
  let summary = "Fuse the gate and up projections and their SwiGLU";
  let description = [{
    `swiglu(matmul(x, gate), matmul(x, up))` becomes `gate_up(x, gate, up)` where
    the products have no bias and no other use. Once per layer, after
    ignis-fuse-swiglu.
  }];
  let dependentDialects = ["::ignis::IgnisDialect"];
  let statistics = [Statistic<"numFused", "fused", "gates fused">];
}

def FuseResidual : Pass<"ignis-fuse-residual", "::mlir::func::FuncOp"> {
  let summary = "Add the residual in the epilogue of a matrix product";
  let description = [{
    `add(r, matmul(x, w))`, in either operand order, becomes
    `matmul(x, w) residual(r)` where the product has no other use. Twice per
    layer: after the attention's output projection and after down.
  }];
  let dependentDialects = ["::ignis::IgnisDialect"];
  let statistics = [Statistic<"numFused", "fused", "residuals fused">];
}

def FuseArgmax : Pass<"ignis-fuse-argmax", "::mlir::func::FuncOp"> {
  let summary = "Keep only the likeliest tokens of the head";
  let description = [{
    `argmax(matmul(x, w)) select(rows)` becomes `matmul_argmax(x, w) select(rows)`
    where the logits have no other use: they are never in memory, and only those
    of the rows that are asked for are computed. Once, in a graph that was built
    with `--logits=argmax`.
  }];
  let dependentDialects = ["::ignis::IgnisDialect"];
  let statistics = [Statistic<"numFused", "fused", "heads fused">];
}

def SpecializeDecode : Pass<"ignis-specialize-decode", "::mlir::ModuleOp"> {
  let summary = "Add the one-token specialisation beside the dynamic function";
  let description = [{
    Clones `@forward` to `@decode` with T = 1 in every type.
  }];
  let dependentDialects = ["::ignis::IgnisDialect"];
  let statistics = [Statistic<"numSpecialized", "specialized",
                              "functions specialised">];
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

def Bufferize : Pass<"ignis-bufferize", "::mlir::ModuleOp"> {
  let summary = "Turn values into buffers, one allocation per intermediate";
  let description = [{
    Gives every compute operation a destination of its own, then runs one-shot
    bufferization. The returned logits become a memref argument, unless the
    function has `ignis.local_logits`, where they are returned.
  }];
  let dependentDialects = ["::ignis::IgnisDialect",
      "::mlir::bufferization::BufferizationDialect",
      "::mlir::memref::MemRefDialect", "::mlir::tensor::TensorDialect",
      "::mlir::arith::ArithDialect"];
  let statistics = [Statistic<"numBuffers", "buffers", "buffers allocated">];
}

def Reorder : Pass<"ignis-reorder", "::mlir::func::FuncOp"> {
  let summary = "Order operations so that less is alive at once";
  let description = [{
    Among all orders that keep the dependences, takes one whose largest sum of
    live buffers is the least, if that is less than in program order.
  }];
  let options = [Option<"maxTokens", "max-tokens", "int64_t", "512",
                        "The number of tokens that sizes are compared at">];
  let dependentDialects = ["::ignis::IgnisDialect"];
  let statistics = [
    Statistic<"numBytesSaved", "bytes-saved", "bytes less alive at once">,
    Statistic<"numSteps", "steps", "sets of operations looked at">,
  ];
}

def FormPhases : Pass<"ignis-form-phases", "::mlir::func::FuncOp"> {
  let summary = "Group operations that need no barrier between them";
  let description = [{
    Splits attention into append and attend, chooses each operation's share, and
    groups operations into `ignis.phase`s so that inside one no thread reads
    what another writes. For one token, small values that every thread needs are
    computed by every thread, into memory of its own (`memref.alloca`).

    The phases are as few as the longest chain of dependences that cross
    threads. Two operations share a phase if the thread that writes an element
    is the only one that reads it: both work on rows, or both on columns divided
    alike, which may make a division coarser (a head's matmul, rope and append
    stay with one thread).
  }];
  let dependentDialects = ["::ignis::IgnisDialect", "::mlir::memref::MemRefDialect"];
  let statistics = [Statistic<"numPhases", "phases", "phases formed">];
}

def Distribute : Pass<"ignis-distribute", "::mlir::func::FuncOp"> {
  let summary = "Divide the rows of matrices among ranks";
  let description = [{
    Gives what multiplies by a matrix, appends to a cache or attends to it a share
    with units, by which the ranks of a group divide the parts that threads
    divide: a rank computes whole rows of the matrices, never part of a sum. What
    only passes such columns on is divided with it. An `ignis.all_gather` stands
    in front of a phase that reads what another rank writes, and behind all for
    the output, which rank 0 alone gets. Everything else every rank computes for
    itself.

    Attention goes by query heads, with the key/value heads that they need: if
    there are fewer of those than ranks, several compute one. Products of which
    several results lie side by side (`ignis.grouped_matmul`) stay whole.

    How many ranks there are is told at run time: one program serves any number,
    one alone included. A function without phases gets one for each operation.
  }];
  let dependentDialects = ["::ignis::IgnisDialect"];
  let statistics = [Statistic<"numGathers", "gathers", "gathers placed">];
}

def PlanMemory : Pass<"ignis-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Place every buffer of a function in one arena";
  let description = [{
    Replaces the `memref.alloc`s of each function by views of one arena, a new
    last argument. Liveness is by phase; a buffer is reused in place where the
    thread that writes an element is the only one that reads it in that phase.

    - `mode=arena`: offsets, greedy by size first, an exact search where that
      misses the lower bound (the largest sum of sizes live in one phase);
    - `mode=slots`: as few slots as possible, each as large as the largest
      buffer it holds;
    - `mode=none`: a place of its own for every buffer.

    With `mode=arena` the attribute `ignis.minimal` says why the arena cannot be
    smaller, if that is known: the phases in which as much is alive, or a
    refutation of any less (see python-free-docs/placement.md). The report has,
    for a function without phases, the arena of the best order, best choices of
    what is in place, and offsets together, and what is proven of all of them.
  }];
  let options = [
    Option<"mode", "mode", "std::string", "\"arena\"", "arena, slots or none">,
    Option<"inPlace", "in-place", "bool", "true", "Reuse buffers in place">,
    Option<"report", "report", "std::string", "\"\"", "Write the plan to this JSON file">,
    Option<"svg", "svg", "std::string", "\"\"", "Draw the plan into this SVG file">,
    Option<"maxTokens", "max-tokens", "int64_t", "512", "Largest T that the plan is made for">,
  ];
  let dependentDialects = ["::ignis::IgnisDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::arith::ArithDialect"];
  let statistics = [
    Statistic<"numBuffers", "buffers", "buffers placed">,
    Statistic<"numInPlace", "in-place", "buffers that took another's place">,
    Statistic<"numSearchSteps", "search-steps", "steps of the exact search">,
  ];
}

def VerifyMemoryPlan : Pass<"ignis-verify-memory-plan", "::mlir::func::FuncOp"> {
  let summary = "Reject overlapping live buffers";
  let description = [{
    Checks the views of the arena themselves, independently of how the plan was
    made: two that live in the same phase must not overlap, except in place; all
    lie within the arena, are aligned, and are written before they are read. If
    `ignis.minimal` says why the arena is minimal, that is checked as well.
  }];
  let options = [Option<"maxTokens", "max-tokens", "int64_t", "512",
                        "Largest T that is checked">];
  let statistics = [Statistic<"numViews", "views", "views checked">];
}

def Schedule : Pass<"ignis-schedule", "::mlir::func::FuncOp"> {
  let summary = "Put one barrier between phases and nowhere else";
  let description = [{
    Inlines the phases, with an `ignis.barrier` between two of them. An operation
    outside a phase is a phase of its own.
  }];
  let dependentDialects = ["::ignis::IgnisDialect"];
  let statistics = [Statistic<"numBarriers", "barriers", "barriers placed">];
}

def VerifySchedule : Pass<"ignis-verify-schedule", "::mlir::func::FuncOp"> {
  let summary = "Reject races between barriers";
  let description = [{
    Between two barriers no thread may read or write what another one writes.
    Checks what is scheduled, independently of how phases were formed: for every
    two operations that no barrier separates, the parts of memory that the
    threads touch by their shares, through views of the arena as well.
  }];
  let options = [Option<"maxTokens", "max-tokens", "int64_t", "512",
                        "Largest T that is checked">];
  let statistics = [Statistic<"numOps", "ops", "operations checked">];
}

def VerifyDistribution : Pass<"ignis-verify-distribution", "::mlir::ModuleOp"> {
  let summary = "Reject programs that read what a rank does not have";
  let description = [{
    Checks a scheduled program that several ranks run, independently of how it
    was distributed: what an operation reads, its rank has computed by the same
    division or gathered; a gather has the columns of which ranks have parts, of a
    buffer that holds them still; the output reaches rank 0; appending and
    attending are divided by the model's query heads, or not at all, in all
    entries. A program for one rank alone passes.
  }];
}

def VerifyContract : Pass<"ignis-verify-contract", "::mlir::ModuleOp"> {
  let summary = "Reject programs that break what their caller relies on";
  let description = [{
    Checks a scheduled program against who calls it. The caller gives tokens of
    the vocabulary, rows, a cache of the model's shape, room for one row of
    output for each row that wants logits, and an arena; it reads all of the
    output. So in every function:

    - the arguments are tokens, rows, cache, output and, if any, arena; logits
      have the vocabulary's columns, and candidates come from comparing as many;
    - rows, cache and tokens are the arguments, a buffer is a view of the arena,
      memory of the thread's own or the output, and has a row for each token;
    - the output is written, never read, and of more tokens than one only the
      rows that want logits are computed; nothing else has those rows;
    - what is read was written before: buffers, and the layer of the cache that
      is attended to, which every entry appends to;
    - an embedding table has a row for each token of the vocabulary;
    - quantised rows are read with as many columns as they were written with;
    - a function or module carries no attribute that LLVM would believe, and no
      operation stands among them that is not known here.

    With ignis-verify-memory-plan and ignis-verify-schedule, which check places
    and threads, a program that passes touches no memory that is not its own.
  }];
}

//===----------------------------------------------------------------------===//
// To look at
//===----------------------------------------------------------------------===//

def DrawGraph : Pass<"ignis-draw-graph", "::mlir::ModuleOp"> {
  let summary = "Draw the operations of a layer";
  let description = [{
    Draws each function, from top to bottom: a box for each operation with the
    weights it uses, a line for each activation with its shape. Works at every
    stage up to scheduling, on other dialects' operations too.

    With `layer=N` only the operations whose names begin with `blk.N.`. An
    operation's name is its location, which `--debug-info` of ignis-translate
    and `--mlir-print-debuginfo` of ignis-opt write out.
  }];
  let options = [
    Option<"svg", "svg", "std::string", "\"\"", "Draw into this SVG file">,
    Option<"layer", "layer", "int64_t", "-1", "The layer to draw; -1 draws all">,
  ];
}

#endif // IGNIS_TRANSFORMS_PASSES_TD
