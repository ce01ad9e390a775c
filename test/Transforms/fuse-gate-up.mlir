// RUN: ignis-opt %s --ignis-fuse-gate-up --split-input-file | FileCheck %s
// RUN: ignis-opt %s --ignis-fuse-gate-up --split-input-file \
// RUN:   --remarks-filter=ignis-.* --remark-format=emitRemark 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=REMARK

// CHECK-LABEL: @fuses
// CHECK-SAME:    %[[X:[^:]*]]: tensor<?x64xf32>
// CHECK-DAG:     %[[G:.*]] = ignis.weight "gate"
// CHECK-DAG:     %[[U:.*]] = ignis.weight "up"
// CHECK-NOT:     ignis.matmul
// CHECK-NOT:     ignis.swiglu
// CHECK:         ignis.gate_up %[[X]], %[[G]], %[[U]] {{.*}} -> tensor<?x96xf32>
// REMARK: remark: [Passed] fused | Category:ignis-fuse-gate-up
func.func @fuses(%x: tensor<?x64xf32>) -> tensor<?x96xf32> {
  %g = ignis.weight "gate" : !ignis.weight<96x64xq8_0>
  %u = ignis.weight "up" : !ignis.weight<96x64xq8_0>
  %0 = ignis.matmul %x, %g : (tensor<?x64xf32>, !ignis.weight<96x64xq8_0>) -> tensor<?x96xf32>
  %1 = ignis.matmul %x, %u : (tensor<?x64xf32>, !ignis.weight<96x64xq8_0>) -> tensor<?x96xf32>
  %2 = ignis.swiglu %0, %1 : (tensor<?x96xf32>, tensor<?x96xf32>) -> tensor<?x96xf32>
  return %2 : tensor<?x96xf32>
}

// -----

// Quantised on both sides.
// CHECK-LABEL: @quantized
// CHECK:         ignis.gate_up {{.*}} (!ignis.q8<?x64>, {{.*}}) -> !ignis.q8<?x96>
func.func @quantized(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %g = ignis.weight "gate" : !ignis.weight<96x64xq8_0>
  %u = ignis.weight "up" : !ignis.weight<96x64xq8_0>
  %d = ignis.weight "down" : !ignis.weight<64x96xq8_0>
  %q = ignis.quantize %x : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  %0 = ignis.matmul %q, %g : (!ignis.q8<?x64>, !ignis.weight<96x64xq8_0>) -> tensor<?x96xf32>
  %1 = ignis.matmul %q, %u : (!ignis.q8<?x64>, !ignis.weight<96x64xq8_0>) -> tensor<?x96xf32>
  %2 = ignis.swiglu %0, %1 : (tensor<?x96xf32>, tensor<?x96xf32>) -> !ignis.q8<?x96>
  %3 = ignis.matmul %2, %d : (!ignis.q8<?x96>, !ignis.weight<64x96xq8_0>) -> tensor<?x64xf32>
  return %3 : tensor<?x64xf32>
}

// -----

// Element types that take the same input go together.
// CHECK-LABEL: @two_types
// CHECK:         ignis.gate_up
func.func @two_types(%x: tensor<?x64xf32>) -> tensor<?x96xf32> {
  %g = ignis.weight "gate" : !ignis.weight<96x64xf16>
  %u = ignis.weight "up" : !ignis.weight<96x64xbf16>
  %0 = ignis.matmul %x, %g : (tensor<?x64xf32>, !ignis.weight<96x64xf16>) -> tensor<?x96xf32>
  %1 = ignis.matmul %x, %u : (tensor<?x64xf32>, !ignis.weight<96x64xbf16>) -> tensor<?x96xf32>
  %2 = ignis.swiglu %0, %1 : (tensor<?x96xf32>, tensor<?x96xf32>) -> tensor<?x96xf32>
  return %2 : tensor<?x96xf32>
}

// -----

// One wants a quantised input, the other does not.
// CHECK-LABEL: @one_quantized
// CHECK-NOT:     ignis.gate_up
// CHECK:         ignis.swiglu
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="only one product is quantised"
func.func @one_quantized(%x: tensor<?x64xf32>) -> tensor<?x96xf32> {
  %g = ignis.weight "gate" : !ignis.weight<96x64xq8_0>
  %u = ignis.weight "up" : !ignis.weight<96x64xf16>
  %0 = ignis.matmul %x, %g : (tensor<?x64xf32>, !ignis.weight<96x64xq8_0>) -> tensor<?x96xf32>
  %1 = ignis.matmul %x, %u : (tensor<?x64xf32>, !ignis.weight<96x64xf16>) -> tensor<?x96xf32>
  %2 = ignis.swiglu %0, %1 : (tensor<?x96xf32>, tensor<?x96xf32>) -> tensor<?x96xf32>
  return %2 : tensor<?x96xf32>
}

// -----

// CHECK-LABEL: @two_inputs
// CHECK-NOT:     ignis.gate_up
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="products have different inputs"
func.func @two_inputs(%x: tensor<?x64xf32>, %y: tensor<?x64xf32>) -> tensor<?x96xf32> {
  %g = ignis.weight "gate" : !ignis.weight<96x64xf32>
  %0 = ignis.matmul %x, %g : (tensor<?x64xf32>, !ignis.weight<96x64xf32>) -> tensor<?x96xf32>
  %1 = ignis.matmul %y, %g : (tensor<?x64xf32>, !ignis.weight<96x64xf32>) -> tensor<?x96xf32>
  %2 = ignis.swiglu %0, %1 : (tensor<?x96xf32>, tensor<?x96xf32>) -> tensor<?x96xf32>
  return %2 : tensor<?x96xf32>
}

// -----

// CHECK-LABEL: @bias
// CHECK-NOT:     ignis.gate_up
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="a product has an epilogue"
func.func @bias(%x: tensor<?x64xf32>) -> tensor<?x96xf32> {
  %g = ignis.weight "gate" : !ignis.weight<96x64xf32>
  %b = ignis.weight "bias" : !ignis.weight<96xf32>
  %0 = ignis.matmul %x, %g : (tensor<?x64xf32>, !ignis.weight<96x64xf32>) -> tensor<?x96xf32>
  %1 = ignis.matmul %x, %g bias(%b) : (tensor<?x64xf32>, !ignis.weight<96x64xf32>, !ignis.weight<96xf32>) -> tensor<?x96xf32>
  %2 = ignis.swiglu %0, %1 : (tensor<?x96xf32>, tensor<?x96xf32>) -> tensor<?x96xf32>
  return %2 : tensor<?x96xf32>
}

// -----

// Gate and up are one and the same product, which has two uses then.
// CHECK-LABEL: @same_product
// CHECK-NOT:     ignis.gate_up
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="a product has another use"
func.func @same_product(%x: tensor<?x64xf32>) -> tensor<?x96xf32> {
  %g = ignis.weight "gate" : !ignis.weight<96x64xf32>
  %0 = ignis.matmul %x, %g : (tensor<?x64xf32>, !ignis.weight<96x64xf32>) -> tensor<?x96xf32>
  %2 = ignis.swiglu %0, %0 : (tensor<?x96xf32>, tensor<?x96xf32>) -> tensor<?x96xf32>
  return %2 : tensor<?x96xf32>
}
