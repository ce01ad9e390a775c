// RUN: ignis-opt %s --ignis-fuse-residual --split-input-file | FileCheck %s
// RUN: ignis-opt %s --ignis-fuse-residual --split-input-file \
// RUN:   --remarks-filter=ignis-.* --remark-format=emitRemark 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=REMARK

// CHECK-LABEL: @fuses
// CHECK-SAME:    %[[X:[^:]*]]: tensor<?x64xf32>, %[[R:[^:]*]]: tensor<?x32xf32>
// CHECK:         %[[W:.*]] = ignis.weight "w"
// CHECK-NOT:     ignis.add
// CHECK:         ignis.matmul %[[X]], %[[W]] residual(%[[R]])
// REMARK: remark: [Passed] fused | Category:ignis-fuse-residual
func.func @fuses(%x: tensor<?x64xf32>, %r: tensor<?x32xf32>) -> tensor<?x32xf32> {
  %w = ignis.weight "w" : !ignis.weight<32x64xq8_0>
  %y = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<32x64xq8_0>) -> tensor<?x32xf32>
  %z = ignis.add %r, %y : (tensor<?x32xf32>, tensor<?x32xf32>) -> tensor<?x32xf32>
  return %z : tensor<?x32xf32>
}

// -----

// The other operand order, a bias, and quantised input.
// CHECK-LABEL: @other_operand_order
// CHECK-SAME:    %[[X:[^:]*]]: tensor<?x64xf32>, %[[R:[^:]*]]: tensor<?x32xf32>
// CHECK-NOT:     ignis.add
// CHECK:         ignis.matmul %{{.*}}, %{{.*}} bias(%{{.*}}) residual(%[[R]]) : (!ignis.q8<?x64>
func.func @other_operand_order(%x: tensor<?x64xf32>, %r: tensor<?x32xf32>) -> tensor<?x32xf32> {
  %w = ignis.weight "w" : !ignis.weight<32x64xq8_0>
  %b = ignis.weight "b" : !ignis.weight<32xf32>
  %q = ignis.quantize %x : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  %y = ignis.matmul %q, %w bias(%b) : (!ignis.q8<?x64>, !ignis.weight<32x64xq8_0>, !ignis.weight<32xf32>) -> tensor<?x32xf32>
  %z = ignis.add %y, %r : (tensor<?x32xf32>, tensor<?x32xf32>) -> tensor<?x32xf32>
  return %z : tensor<?x32xf32>
}

// -----

// Of two products the right one takes the sum.
// CHECK-LABEL: @two_products
// CHECK-SAME:    %[[X:[^:]*]]: tensor<?x64xf32>, %[[Y:[^:]*]]: tensor<?x64xf32>
// CHECK:         %[[A:.*]] = ignis.matmul %[[X]]
// CHECK:         ignis.matmul %[[Y]], %{{.*}} residual(%[[A]])
func.func @two_products(%x: tensor<?x64xf32>, %y: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %0 = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %1 = ignis.matmul %y, %w : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %2 = ignis.add %0, %1 : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %2 : tensor<?x64xf32>
}

// -----

// A product has room for one residual: the second sum stays.
// CHECK-LABEL: @second_residual
// CHECK-SAME:    %{{[^:]*}}: tensor<?x64xf32>, %[[R:[^:]*]]: tensor<?x64xf32>, %[[S:[^:]*]]: tensor<?x64xf32>
// CHECK:         %[[A:.*]] = ignis.matmul {{.*}} residual(%[[R]])
// CHECK:         ignis.add %[[S]], %[[A]]
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="product has an epilogue or skips rows"
func.func @second_residual(%x: tensor<?x64xf32>, %r: tensor<?x64xf32>, %s: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %0 = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %1 = ignis.add %r, %0 : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  %2 = ignis.add %s, %1 : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %2 : tensor<?x64xf32>
}

// -----

// CHECK-LABEL: @another_use
// CHECK:         ignis.add
// CHECK-NOT:     residual
func.func @another_use(%x: tensor<?x64xf32>, %r: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %0 = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %1 = ignis.add %r, %0 : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %0, %1 : tensor<?x64xf32>, tensor<?x64xf32>
}

// -----

// A product that skips rows adds nothing: its rows are not the residual's.
// CHECK-LABEL: @skips_rows
// CHECK:         ignis.matmul {{.*}} select(
// CHECK:         ignis.add
func.func @skips_rows(%x: tensor<?x64xf32>, %r: tensor<?x64xf32>, %f: !ignis.rows) -> tensor<?x64xf32> {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %0 = ignis.matmul %x, %w select(%f) : (tensor<?x64xf32>, !ignis.weight<64x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %1 = ignis.add %r, %0 : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %1 : tensor<?x64xf32>
}
