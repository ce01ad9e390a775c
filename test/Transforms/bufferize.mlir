// RUN: ignis-opt %s --ignis-bufferize --split-input-file | FileCheck %s

// One allocation per operation, and the result straight to the caller.
// CHECK-LABEL: @chain
// CHECK-SAME:    (%[[X:[^:]*]]: memref<4x64xf32>, %[[OUT:[^:]*]]: memref<4x64xf32>) {
// CHECK-NOT:     memref.copy
// CHECK:         %[[A:.*]] = memref.alloc() {alignment = 64 : i64} : memref<4x64xf32>
// CHECK:         ignis.silu %[[X]] outs(%[[A]])
// CHECK:         ignis.mul %[[A]], %[[X]] outs(%[[OUT]])
// CHECK-NOT:     memref.
// CHECK:         return{{$}}
func.func @chain(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  %0 = ignis.silu %x : (tensor<4x64xf32>) -> tensor<4x64xf32>
  %1 = ignis.mul %0, %x : (tensor<4x64xf32>, tensor<4x64xf32>) -> tensor<4x64xf32>
  return %1 : tensor<4x64xf32>
}

// -----

// Local logits are returned, not written to an argument.
// CHECK-LABEL: @local
// CHECK-SAME:    (%[[X:[^:]*]]: memref<4x64xf32>) -> memref<4x64xf32>
// CHECK:         %[[A:.*]] = memref.alloc()
// CHECK:         ignis.silu %[[X]] outs(%[[A]])
// CHECK:         return %[[A]]
func.func @local(%x: tensor<4x64xf32>) -> tensor<4x64xf32> attributes {ignis.local_logits} {
  %0 = ignis.silu %x : (tensor<4x64xf32>) -> tensor<4x64xf32>
  return %0 : tensor<4x64xf32>
}

// -----

// The number of tokens is read once; nobody asks for that of logits.
// CHECK-LABEL: @dynamic
// CHECK-SAME:    (%[[T:[^:]*]]: memref<?xi32>, %[[ROWS:[^:]*]]: !ignis.rows, %[[OUT:[^:]*]]: memref<?x96xf32>)
// CHECK:         %[[N:.*]] = memref.dim %[[T]]
// CHECK-NOT:     memref.dim
// CHECK:         %[[X:.*]] = memref.alloc(%[[N]]) {{.*}} : memref<?x64xf32>
// CHECK:         ignis.embedding %[[T]], {{.*}} outs(%[[X]])
// CHECK:         %[[Y:.*]] = memref.alloc(%[[N]])
// CHECK:         ignis.silu %[[X]] outs(%[[Y]])
// CHECK-NOT:     memref.alloc
// CHECK-NOT:     ignis.selected_count
// CHECK:         ignis.matmul %[[Y]], {{.*}} select(%[[ROWS]]) outs(%[[OUT]])
func.func @dynamic(%tokens: tensor<?xi32>, %rows: !ignis.rows) -> tensor<?x96xf32> {
  %w = ignis.weight "table" : !ignis.weight<96x64xq8_0>
  %x = ignis.embedding %tokens, %w : (tensor<?xi32>, !ignis.weight<96x64xq8_0>) -> tensor<?x64xf32>
  %y = ignis.silu %x : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %z = ignis.matmul %y, %w select(%rows) : (tensor<?x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows) -> tensor<?x96xf32>
  return %z : tensor<?x96xf32>
}

// -----

// Fewer rows than tokens, in a buffer of the function's own.
// CHECK-LABEL: @rows_selected
// CHECK-SAME:    (%{{[^:]*}}: memref<8x64xf32>, %[[ROWS:[^:]*]]: !ignis.rows)
// CHECK:         %[[N:.*]] = ignis.selected_count %[[ROWS]] : !ignis.rows
// CHECK:         %[[Y:.*]] = memref.alloc(%[[N]]) {{.*}} : memref<?x96xf32>
// CHECK:         ignis.matmul {{.*}} select(%[[ROWS]]) outs(%[[Y]])
// CHECK:         return %[[Y]]
func.func @rows_selected(%x: tensor<8x64xf32>, %rows: !ignis.rows) -> tensor<?x96xf32> attributes {ignis.local_logits} {
  %w = ignis.weight "table" : !ignis.weight<96x64xq8_0>
  %z = ignis.matmul %x, %w select(%rows) : (tensor<8x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows) -> tensor<?x96xf32>
  return %z : tensor<?x96xf32>
}

// -----

// Quantised values are rows of bytes: 64 values, 2 scales, 2 pairs of sums,
// rounded up to 64.
// CHECK-LABEL: @quantized
// CHECK-NOT:     !ignis.q8
// CHECK:         %[[Q:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x128xi8>
// CHECK:         ignis.quantize %{{.*}} outs(%[[Q]]) : (memref<?x64xf32>, memref<?x128xi8>) -> ()
// CHECK:         ignis.matmul %[[Q]]
func.func @quantized(%x: tensor<?x64xf32>) -> tensor<?x96xf32> {
  %w = ignis.weight "w" : !ignis.weight<96x64xq8_0>
  %q = ignis.quantize %x : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  %y = ignis.matmul %q, %w : (!ignis.q8<?x64>, !ignis.weight<96x64xq8_0>) -> tensor<?x96xf32>
  return %y : tensor<?x96xf32>
}

// -----

// A destination that two operations share becomes one for each.
// CHECK-LABEL: @shared_destination
// CHECK-COUNT-2: memref.alloc()
// CHECK-NOT:     memref.alloc()
// CHECK:         ignis.silu %{{.*}} outs(%[[A:[^)]*]])
// CHECK:         ignis.add %[[A]], %[[A]] outs(%[[B:[^)]*]])
// CHECK-NOT:     memref.copy
// CHECK:         ignis.mul %[[A]], %[[B]]
func.func @shared_destination(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  %d = tensor.empty() : tensor<4x64xf32>
  %0 = ignis.silu %x outs(%d) : (tensor<4x64xf32>, tensor<4x64xf32>) -> tensor<4x64xf32>
  %1 = ignis.add %0, %0 outs(%d) : (tensor<4x64xf32>, tensor<4x64xf32>, tensor<4x64xf32>) -> tensor<4x64xf32>
  %2 = ignis.mul %0, %1 : (tensor<4x64xf32>, tensor<4x64xf32>) -> tensor<4x64xf32>
  return %2 : tensor<4x64xf32>
}

// -----

// The cache passes through as it is.
// CHECK-LABEL: @cache
// CHECK-SAME:    %[[C:[^:]*]]: !ignis.kv_cache<1, 1, 64, f16>
// CHECK:         ignis.kv_append %{{.*}}, %{{.*}}, %[[C]] at
// CHECK:         ignis.attend %{{.*}}, %[[C]] at %{{.*}} outs(
func.func @cache(%q: tensor<?x64xf32>, %k: tensor<?x64xf32>, %v: tensor<?x64xf32>, %cache: !ignis.kv_cache<1, 1, 64, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  ignis.kv_append %k, %v, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, tensor<?x64xf32>, !ignis.kv_cache<1, 1, 64, f16>, !ignis.rows) -> ()
  %y = ignis.attend %q, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, !ignis.kv_cache<1, 1, 64, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// Three results, three buffers; a returned argument is copied to the caller.
// CHECK-LABEL: @several_results
// CHECK-SAME:    (%[[X:[^:]*]]: memref<4x64xf32>, %{{[^:]*}}: memref<4x64xf32>, %[[COPY:[^:]*]]: memref<4x64xf32>)
// CHECK-COUNT-2: memref.alloc() {alignment = 64 : i64} : memref<4x32xf32>
// CHECK:         ignis.grouped_matmul
// CHECK:         memref.copy %[[X]], %[[COPY]]
func.func @several_results(%x: tensor<4x64xf32>) -> (tensor<4x64xf32>, tensor<4x64xf32>) {
  %wq = ignis.weight "q" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k" : !ignis.weight<32x64xf32>
  %0:3 = ignis.grouped_matmul %x, (%wq, %wk, %wk)
    : (tensor<4x64xf32>, !ignis.weight<64x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32x64xf32>)
    -> (tensor<4x64xf32>, tensor<4x32xf32>, tensor<4x32xf32>)
  return %0#0, %x : tensor<4x64xf32>, tensor<4x64xf32>
}

// -----

// What is in buffer form already stays.
// CHECK-LABEL: @buffers
// CHECK-NEXT:    ignis.silu %{{.*}} outs(%{{.*}})
// CHECK-NEXT:    return
func.func @buffers(%x: memref<4x64xf32>, %y: memref<4x64xf32>) {
  ignis.silu %x outs(%y) : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  return
}

// -----

// A function that others call keeps its results.
// CHECK-LABEL: func.func private @callee
// CHECK-SAME:    (%{{[^:]*}}: memref<4x64xf32>) -> memref<4x64xf32>
func.func private @callee(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  %0 = ignis.silu %x : (tensor<4x64xf32>) -> tensor<4x64xf32>
  return %0 : tensor<4x64xf32>
}
// CHECK-LABEL: @caller
// CHECK:         call @callee
func.func @caller(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  %0 = call @callee(%x) : (tensor<4x64xf32>) -> tensor<4x64xf32>
  return %0 : tensor<4x64xf32>
}
