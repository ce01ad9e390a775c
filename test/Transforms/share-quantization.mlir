// RUN: ignis-opt %s --ignis-share-quantization --split-input-file | FileCheck %s
// RUN: ignis-opt %s --ignis-share-quantization --split-input-file \
// RUN:   --remarks-filter=ignis-.* --remark-format=emitRemark 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=REMARK

// REMARK: remark: [Analysis] quantisations saved | {{.*}} | count=2

// One quantisation for three products of any formats that want it, right after
// what it reads.
// CHECK-LABEL: @three_products
// CHECK-SAME:    %[[X:[^:]*]]: tensor<?x64xf32>
// CHECK:         %[[Q:.*]] = ignis.quantize %[[X]] : (tensor<?x64xf32>) -> !ignis.q8<?x64>
// CHECK-NOT:     ignis.quantize
// CHECK-COUNT-3: ignis.matmul %[[Q]], {{.*}} : (!ignis.q8<?x64>,
func.func @three_products(%x: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>) {
  %wq = ignis.weight "q" : !ignis.weight<64x64xq8_0>
  %wk = ignis.weight "k" : !ignis.weight<32x64xq5_0>
  %wv = ignis.weight "v" : !ignis.weight<32x64xiq4_nl>
  %bk = ignis.weight "b" : !ignis.weight<32xf32>
  %q = ignis.matmul %x, %wq : (tensor<?x64xf32>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  %k = ignis.matmul %x, %wk bias(%bk) : (tensor<?x64xf32>, !ignis.weight<32x64xq5_0>, !ignis.weight<32xf32>) -> tensor<?x32xf32>
  %v = ignis.matmul %x, %wv : (tensor<?x64xf32>, !ignis.weight<32x64xiq4_nl>) -> tensor<?x32xf32>
  return %q, %k, %v : tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>
}

// -----

// What was quantised by hand is shared too.
// CHECK-LABEL: @already_there
// CHECK:         %[[Q:.*]] = ignis.quantize
// CHECK-NOT:     ignis.quantize
// CHECK:         ignis.matmul %[[Q]]
// CHECK:         ignis.matmul %[[Q]]
func.func @already_there(%x: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %v = ignis.weight "v" : !ignis.weight<64x64xq8_0>
  %0 = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  %q = ignis.quantize %x : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  %1 = ignis.matmul %q, %v : (!ignis.q8<?x64>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  return %0, %1 : tensor<?x64xf32>, tensor<?x64xf32>
}

// -----

// Two values are two quantisations.
// CHECK-LABEL: @two_values
// CHECK-COUNT-2: ignis.quantize
func.func @two_values(%x: tensor<?x64xf32>, %y: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %0 = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  %1 = ignis.matmul %y, %w : (tensor<?x64xf32>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  return %0, %1 : tensor<?x64xf32>, tensor<?x64xf32>
}

// -----

// Weights of other types take binary32, and so does a group that has one.
// CHECK-LABEL: @other_weights
// CHECK-NOT:     ignis.quantize
func.func @other_weights(%x: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>) {
  %w32 = ignis.weight "w32" : !ignis.weight<64x64xf32>
  %w16 = ignis.weight "w16" : !ignis.weight<64x64xf16>
  %wb = ignis.weight "wb" : !ignis.weight<64x64xbf16>
  %w8 = ignis.weight "w8" : !ignis.weight<64x64xq8_0>
  %0 = ignis.matmul %x, %w32 : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %1 = ignis.matmul %x, %w16 : (tensor<?x64xf32>, !ignis.weight<64x64xf16>) -> tensor<?x64xf32>
  %2 = ignis.matmul %x, %wb : (tensor<?x64xf32>, !ignis.weight<64x64xbf16>) -> tensor<?x64xf32>
  %3, %4 = ignis.grouped_matmul %x, (%w8, %w16)
    : (tensor<?x64xf32>, !ignis.weight<64x64xq8_0>, !ignis.weight<64x64xf16>) -> (tensor<?x64xf32>, tensor<?x64xf32>)
  return %0, %1, %2, %3, %4 : tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>
}

// -----

// The embedding table of a tied model is no reason to quantise anything.
// CHECK-LABEL: @embedding
// CHECK-NOT:     ignis.quantize
func.func @embedding(%t: tensor<?xi32>) -> tensor<?x64xf32> {
  %w = ignis.weight "w" : !ignis.weight<96x64xq8_0>
  %0 = ignis.embedding %t, %w : (tensor<?xi32>, !ignis.weight<96x64xq8_0>) -> tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}

// -----

// Fused products quantise as well.
// CHECK-LABEL: @fused_products
// CHECK-SAME:    %[[X:[^:]*]]: tensor<4x64xf32>
// CHECK:         %[[Q:.*]] = ignis.quantize %[[X]]
// CHECK:         ignis.gate_up %[[Q]]
// CHECK:         ignis.grouped_matmul %[[Q]]
func.func @fused_products(%x: tensor<4x64xf32>) -> (tensor<4x96xf32>, tensor<4x64xf32>, tensor<4x64xf32>) {
  %g = ignis.weight "g" : !ignis.weight<96x64xq8_0>
  %u = ignis.weight "u" : !ignis.weight<96x64xq8_0>
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %0 = ignis.gate_up %x, %g, %u : (tensor<4x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.weight<96x64xq8_0>) -> tensor<4x96xf32>
  %1, %2 = ignis.grouped_matmul %x, (%w, %w)
    : (tensor<4x64xf32>, !ignis.weight<64x64xq8_0>, !ignis.weight<64x64xq8_0>) -> (tensor<4x64xf32>, tensor<4x64xf32>)
  return %0, %1, %2 : tensor<4x96xf32>, tensor<4x64xf32>, tensor<4x64xf32>
}
