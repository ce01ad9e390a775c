// RUN: ignis-opt %s --ignis-fuse-quantize --split-input-file | FileCheck %s
// RUN: ignis-opt %s --ignis-fuse-quantize --split-input-file \
// RUN:   --remarks-filter=ignis-.* --remark-format=emitRemark 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=REMARK

// CHECK-LABEL: @norm
// CHECK-NOT:     ignis.quantize
// CHECK:         %[[Y:.*]] = ignis.rms_norm {{.*}} -> !ignis.q8<?x64>
// CHECK:         ignis.matmul %[[Y]]
// REMARK: remark: [Passed] fused | Category:ignis-fuse-quantize
func.func @norm(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %w = ignis.weight "w" : !ignis.weight<64xf32>
  %m = ignis.weight "m" : !ignis.weight<64x64xq8_0>
  %n = ignis.rms_norm %x, %w {eps = 1.0e-6 : f32} : (tensor<?x64xf32>, !ignis.weight<64xf32>) -> tensor<?x64xf32>
  %q = ignis.quantize %n : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  %y = ignis.matmul %q, %m : (!ignis.q8<?x64>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// CHECK-LABEL: @attention
// CHECK-NOT:     ignis.quantize
// CHECK:         ignis.attention {{.*}} -> !ignis.q8<?x64>
// CHECK:         ignis.attend {{.*}} -> !ignis.q8<?x64>
func.func @attention(%q: tensor<?x64xf32>, %k: tensor<?x64xf32>, %v: tensor<?x64xf32>, %cache: !ignis.kv_cache<1, 1, 64, f16>, %p: !ignis.rows) -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %m = ignis.weight "m" : !ignis.weight<64x64xq8_0>
  %a = ignis.attention %q, %k, %v, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>, !ignis.kv_cache<1, 1, 64, f16>, !ignis.rows) -> tensor<?x64xf32>
  %b = ignis.attend %q, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, !ignis.kv_cache<1, 1, 64, f16>, !ignis.rows) -> tensor<?x64xf32>
  %a8 = ignis.quantize %a : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  %b8 = ignis.quantize %b : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  %0 = ignis.matmul %a8, %m : (!ignis.q8<?x64>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  %1 = ignis.matmul %b8, %m : (!ignis.q8<?x64>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  return %0, %1 : tensor<?x64xf32>, tensor<?x64xf32>
}

// -----

// CHECK-LABEL: @gates
// CHECK-NOT:     ignis.quantize
// CHECK:         ignis.swiglu {{.*}} -> !ignis.q8<4x64>
// CHECK:         ignis.gate_up {{.*}} -> !ignis.q8<4x64>
func.func @gates(%g: tensor<4x64xf32>, %u: tensor<4x64xf32>) -> (tensor<4x64xf32>, tensor<4x64xf32>) {
  %m = ignis.weight "m" : !ignis.weight<64x64xq8_0>
  %a = ignis.swiglu %g, %u : (tensor<4x64xf32>, tensor<4x64xf32>) -> tensor<4x64xf32>
  %b = ignis.gate_up %g, %m, %m : (tensor<4x64xf32>, !ignis.weight<64x64xq8_0>, !ignis.weight<64x64xq8_0>) -> tensor<4x64xf32>
  %a8 = ignis.quantize %a : (tensor<4x64xf32>) -> !ignis.q8<4x64>
  %b8 = ignis.quantize %b : (tensor<4x64xf32>) -> !ignis.q8<4x64>
  %0 = ignis.matmul %a8, %m : (!ignis.q8<4x64>, !ignis.weight<64x64xq8_0>) -> tensor<4x64xf32>
  %1 = ignis.matmul %b8, %m : (!ignis.q8<4x64>, !ignis.weight<64x64xq8_0>) -> tensor<4x64xf32>
  return %0, %1 : tensor<4x64xf32>, tensor<4x64xf32>
}

// -----

// Read unquantised as well: both are needed.
// CHECK-LABEL: @another_use
// CHECK:         ignis.rms_norm {{.*}} -> tensor<?x64xf32>
// CHECK:         ignis.quantize
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="value is also used unquantised"
func.func @another_use(%x: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64xf32>
  %m = ignis.weight "m" : !ignis.weight<64x64xq8_0>
  %n = ignis.rms_norm %x, %w {eps = 1.0e-6 : f32} : (tensor<?x64xf32>, !ignis.weight<64xf32>) -> tensor<?x64xf32>
  %q = ignis.quantize %n : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  %y = ignis.matmul %q, %m : (!ignis.q8<?x64>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  return %y, %n : tensor<?x64xf32>, tensor<?x64xf32>
}

// -----

// Products, sums and arguments have no quantised result.
// CHECK-LABEL: @other_producers
// CHECK-COUNT-3: ignis.quantize
func.func @other_producers(%x: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %m = ignis.weight "m" : !ignis.weight<64x64xq8_0>
  %x8 = ignis.quantize %x : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  %y = ignis.matmul %x8, %m : (!ignis.q8<?x64>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  %y8 = ignis.quantize %y : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  %z = ignis.matmul %y8, %m : (!ignis.q8<?x64>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  %s = ignis.add %x, %z : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  %s8 = ignis.quantize %s : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  %0 = ignis.matmul %s8, %m : (!ignis.q8<?x64>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  return %z, %0 : tensor<?x64xf32>, tensor<?x64xf32>
}
