// RUN: ignis-opt %s --ignis-fuse-argmax --split-input-file | FileCheck %s
// RUN: ignis-opt %s --ignis-fuse-argmax --split-input-file \
// RUN:   --remarks-filter=ignis-.* --remark-format=emitRemark 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=REMARK

// The product computes the rows that are asked for, and no others.
// CHECK-LABEL: @fuses
// CHECK-SAME:    %[[X:[^:]*]]: tensor<?x64xf32>, %[[F:[^:]*]]: !ignis.rows
// CHECK:         %[[W:.*]] = ignis.weight "w"
// CHECK-NOT:     ignis.matmul{{ }}
// CHECK-NOT:     ignis.argmax
// CHECK:         ignis.matmul_argmax %[[X]], %[[W]] select(%[[F]]) : (tensor<?x64xf32>, !ignis.weight<100x64xf16>, !ignis.rows) -> tensor<?x7xi64>
// REMARK: remark: [Passed] fused | Category:ignis-fuse-argmax
func.func @fuses(%x: tensor<?x64xf32>, %f: !ignis.rows) -> tensor<?x7xi64> {
  %w = ignis.weight "w" : !ignis.weight<100x64xf16>
  %y = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<100x64xf16>) -> tensor<?x100xf32>
  %z = ignis.argmax %y select(%f) : (tensor<?x100xf32>, !ignis.rows) -> tensor<?x7xi64>
  return %z : tensor<?x7xi64>
}

// -----

// All rows, and quantised input.
// CHECK-LABEL: @all_rows
// CHECK-NOT:     ignis.argmax
// CHECK:         ignis.matmul_argmax %{{.*}}, %{{.*}} : (!ignis.q8<1x64>, !ignis.weight<100x64xq8_0>) -> tensor<1x7xi64>
func.func @all_rows(%x: !ignis.q8<1x64>) -> tensor<1x7xi64> {
  %w = ignis.weight "w" : !ignis.weight<100x64xq8_0>
  %y = ignis.matmul %x, %w : (!ignis.q8<1x64>, !ignis.weight<100x64xq8_0>) -> tensor<1x100xf32>
  %z = ignis.argmax %y : (tensor<1x100xf32>) -> tensor<1x7xi64>
  return %z : tensor<1x7xi64>
}

// -----

// CHECK-LABEL: @another_use
// CHECK:         %[[Y:.*]] = ignis.matmul
// CHECK:         ignis.argmax %[[Y]]
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="logits have another use"
func.func @another_use(%x: tensor<?x64xf32>) -> (tensor<?x100xf32>, tensor<?x7xi64>) {
  %w = ignis.weight "w" : !ignis.weight<100x64xf16>
  %y = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<100x64xf16>) -> tensor<?x100xf32>
  %z = ignis.argmax %y : (tensor<?x100xf32>) -> tensor<?x7xi64>
  return %y, %z : tensor<?x100xf32>, tensor<?x7xi64>
}

// -----

// Rows that the product skips cannot be skipped once more.
// CHECK-LABEL: @skips_rows
// CHECK:         %[[Y:.*]] = ignis.matmul
// CHECK:         ignis.argmax %[[Y]]
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="product has a bias or an epilogue or skips rows"
func.func @skips_rows(%x: tensor<?x64xf32>, %f: !ignis.rows) -> tensor<?x7xi64> {
  %w = ignis.weight "w" : !ignis.weight<100x64xf16>
  %y = ignis.matmul %x, %w select(%f) : (tensor<?x64xf32>, !ignis.weight<100x64xf16>, !ignis.rows) -> tensor<?x100xf32>
  %z = ignis.argmax %y : (tensor<?x100xf32>) -> tensor<?x7xi64>
  return %z : tensor<?x7xi64>
}

// -----

// CHECK-LABEL: @bias
// CHECK:         %[[Y:.*]] = ignis.matmul
// CHECK:         ignis.argmax %[[Y]]
func.func @bias(%x: tensor<?x64xf32>) -> tensor<?x7xi64> {
  %w = ignis.weight "w" : !ignis.weight<100x64xf16>
  %b = ignis.weight "b" : !ignis.weight<100xf32>
  %y = ignis.matmul %x, %w bias(%b) : (tensor<?x64xf32>, !ignis.weight<100x64xf16>, !ignis.weight<100xf32>) -> tensor<?x100xf32>
  %z = ignis.argmax %y : (tensor<?x100xf32>) -> tensor<?x7xi64>
  return %z : tensor<?x7xi64>
}

// -----

// Logits from elsewhere, and destination form.
// CHECK-LABEL: @no_product
// CHECK:         ignis.argmax
// CHECK-NOT:     ignis.matmul_argmax
func.func @no_product(%y: tensor<?x100xf32>) -> tensor<?x7xi64> {
  %z = ignis.argmax %y : (tensor<?x100xf32>) -> tensor<?x7xi64>
  return %z : tensor<?x7xi64>
}

// -----

// CHECK-LABEL: @destination_form
// CHECK:         %[[Y:.*]] = ignis.matmul
// CHECK:         ignis.argmax %[[Y]] outs
func.func @destination_form(%x: tensor<?x64xf32>, %d: tensor<?x7xi64>) -> tensor<?x7xi64> {
  %w = ignis.weight "w" : !ignis.weight<100x64xf16>
  %y = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<100x64xf16>) -> tensor<?x100xf32>
  %z = ignis.argmax %y outs(%d) : (tensor<?x100xf32>, tensor<?x7xi64>) -> tensor<?x7xi64>
  return %z : tensor<?x7xi64>
}
