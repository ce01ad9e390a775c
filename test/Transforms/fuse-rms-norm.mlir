// RUN: ignis-opt %s --ignis-fuse-rms-norm --split-input-file | FileCheck %s
// RUN: ignis-opt %s --ignis-fuse-rms-norm --split-input-file \
// RUN:   --remarks-filter=ignis-.* --remark-format=emitRemark 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=REMARK

// CHECK-LABEL: @fuses
// CHECK-SAME:    %[[X:.*]]: tensor<?x64xf32>
// CHECK:         %[[W:.*]] = ignis.weight "norm"
// CHECK-NOT:     ignis.rms_normalize
// CHECK-NOT:     ignis.scale
// CHECK:         %[[Y:.*]] = ignis.rms_norm %[[X]], %[[W]] {eps = 9.99999974E-6 : f32}
// CHECK:         return %[[Y]]
// REMARK: remark: [Passed] fused | Category:ignis-fuse-rms-norm
func.func @fuses(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %w = ignis.weight "norm" : !ignis.weight<64xf32>
  %n = ignis.rms_normalize %x {eps = 1.0e-5 : f32} : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = ignis.scale %n, %w : (tensor<?x64xf32>, !ignis.weight<64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// The normalised value has another use: fusing would compute it twice.
// CHECK-LABEL: @another_use
// CHECK:         ignis.rms_normalize
// CHECK:         ignis.scale
// CHECK-NOT:     ignis.rms_norm %
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="normalised value has another use"
func.func @another_use(%x: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %w = ignis.weight "norm" : !ignis.weight<64xf32>
  %n = ignis.rms_normalize %x {eps = 1.0e-5 : f32} : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = ignis.scale %n, %w : (tensor<?x64xf32>, !ignis.weight<64xf32>) -> tensor<?x64xf32>
  return %y, %n : tensor<?x64xf32>, tensor<?x64xf32>
}

// -----

// Two scales of one normalised value: neither fuses.
// CHECK-LABEL: @two_scales
// CHECK:         ignis.rms_normalize
// CHECK-COUNT-2: ignis.scale
// CHECK-NOT:     ignis.rms_norm %
func.func @two_scales(%x: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %w = ignis.weight "norm" : !ignis.weight<64xf32>
  %v = ignis.weight "other" : !ignis.weight<64xf32>
  %n = ignis.rms_normalize %x {eps = 1.0e-5 : f32} : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = ignis.scale %n, %w : (tensor<?x64xf32>, !ignis.weight<64xf32>) -> tensor<?x64xf32>
  %z = ignis.scale %n, %v : (tensor<?x64xf32>, !ignis.weight<64xf32>) -> tensor<?x64xf32>
  return %y, %z : tensor<?x64xf32>, tensor<?x64xf32>
}

// -----

// Scaled before it is normalised: not RMSNorm.
// CHECK-LABEL: @other_order
// CHECK:         ignis.scale
// CHECK:         ignis.rms_normalize
// CHECK-NOT:     ignis.rms_norm %
func.func @other_order(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %w = ignis.weight "norm" : !ignis.weight<64xf32>
  %s = ignis.scale %x, %w : (tensor<?x64xf32>, !ignis.weight<64xf32>) -> tensor<?x64xf32>
  %y = ignis.rms_normalize %s {eps = 1.0e-5 : f32} : (tensor<?x64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// Destination form is left alone: its result is also its destination.
// CHECK-LABEL: @destination_form
// CHECK:         ignis.rms_normalize
// CHECK:         ignis.scale
// CHECK-NOT:     ignis.rms_norm %
func.func @destination_form(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  %w = ignis.weight "norm" : !ignis.weight<64xf32>
  %d = tensor.empty() : tensor<4x64xf32>
  %e = tensor.empty() : tensor<4x64xf32>
  %n = ignis.rms_normalize %x outs(%d) {eps = 1.0e-5 : f32} : (tensor<4x64xf32>, tensor<4x64xf32>) -> tensor<4x64xf32>
  %y = ignis.scale %n, %w outs(%e) : (tensor<4x64xf32>, !ignis.weight<64xf32>, tensor<4x64xf32>) -> tensor<4x64xf32>
  return %y : tensor<4x64xf32>
}

// -----

// Head by head.
// CHECK-LABEL: @heads
// CHECK-NOT:     ignis.scale
// CHECK:         ignis.rms_norm %{{.*}}, %{{.*}} {eps = 9.99999974E-6 : f32, head_dim = 32 : i64}
func.func @heads(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %w = ignis.weight "norm" : !ignis.weight<32xf32>
  %n = ignis.rms_normalize %x {eps = 1.0e-5 : f32, head_dim = 32 : i64} : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = ignis.scale %n, %w {head_dim = 32 : i64} : (tensor<?x64xf32>, !ignis.weight<32xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// Heads are normalised and a row is scaled.
// CHECK-LABEL: @heads_and_row
// CHECK:         ignis.rms_normalize
// CHECK:         ignis.scale
// CHECK-NOT:     ignis.rms_norm %
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="rows and heads, or heads of two sizes"
func.func @heads_and_row(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %w = ignis.weight "norm" : !ignis.weight<64xf32>
  %n = ignis.rms_normalize %x {eps = 1.0e-5 : f32, head_dim = 32 : i64} : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = ignis.scale %n, %w : (tensor<?x64xf32>, !ignis.weight<64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}
