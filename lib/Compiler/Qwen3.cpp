//===- Qwen3.cpp - The forward pass of Qwen3 (dense) ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ForwardBuilder.h"

using namespace mlir;
using namespace ignis;

/// Yang et al., 2025 (arXiv:2505.09388): pre-norm blocks of grouped-query
/// attention, whose queries and keys are normalised head by head before they
/// are turned, and of SwiGLU.
Value ignis::buildQwen3(ForwardBuilder &forward) {
  Value x = forward.embed();
  for (int64_t layer = 0; layer < forward.getConfig().layers; ++layer) {
    forward.enterBlock(layer);
    Value h = forward.norm(x, "attn_norm");
    Value q = forward.linear(h, "attn_q");
    Value k = forward.linear(h, "attn_k");
    Value v = forward.linear(h, "attn_v");
    q = forward.rope(forward.normHeads(q, "attn_q_norm"), "attn_q_rope");
    k = forward.rope(forward.normHeads(k, "attn_k_norm"), "attn_k_rope");
    Value attended = forward.attention(q, k, v);
    Value o = forward.linear(attended, "attn_output");
    x = forward.add(x, o, "attn_residual");
    x = forward.feedForward(x);
  }
  forward.leaveBlocks();
  return forward.head(forward.norm(x, "output_norm"));
}
