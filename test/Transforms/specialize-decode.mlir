// RUN: ignis-opt %s --ignis-specialize-decode --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @forward(
// CHECK-SAME:    tensor<?xi32>
// CHECK:         ignis.matmul {{.*}} select(
// CHECK-LABEL: func.func @decode(
// CHECK-SAME:    %[[T:[^:]*]]: tensor<1xi32>, %[[P:[^:]*]]: !ignis.rows,
// CHECK-SAME:    -> tensor<1x96xf32>
// CHECK:         %[[X:.*]] = ignis.embedding %[[T]], {{.*}} -> tensor<1x64xf32>
// CHECK:         ignis.quantize %[[X]] : (tensor<1x64xf32>) -> !ignis.q8<1x64>
// CHECK:         ignis.attend {{.*}} at %[[P]]
// CHECK-NOT:     select(
// CHECK:         ignis.matmul {{.*}} -> tensor<1x96xf32>
// CHECK:         return {{.*}} : tensor<1x96xf32>
// CHECK-LABEL: func.func @other
// CHECK-SAME:    tensor<?x64xf32>
func.func @forward(%tokens: tensor<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 64, f16>) -> tensor<?x96xf32> {
  %w = ignis.weight "table" : !ignis.weight<96x64xq8_0>
  %wq = ignis.weight "q" : !ignis.weight<64x64xq8_0>
  %x = ignis.embedding %tokens, %w : (tensor<?xi32>, !ignis.weight<96x64xq8_0>) -> tensor<?x64xf32>
  %x8 = ignis.quantize %x : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  %q = ignis.matmul %x8, %wq : (!ignis.q8<?x64>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  %a = ignis.attend %q, %cache at %rows {layer = 0 : i64} : (tensor<?x64xf32>, !ignis.kv_cache<1, 1, 64, f16>, !ignis.rows) -> tensor<?x64xf32>
  %y = ignis.matmul %a, %w select(%rows) : (tensor<?x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows) -> tensor<?x96xf32>
  return %y : tensor<?x96xf32>
}
func.func @other(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  return %x : tensor<?x64xf32>
}

// -----

// Already for a fixed number of tokens: nothing to add.
// CHECK-LABEL: func.func @forward(
// CHECK-NOT:   @decode
func.func @forward(%x: tensor<1x64xf32>) -> tensor<1x64xf32> {
  return %x : tensor<1x64xf32>
}

// -----

func.func @forward(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  return %x : tensor<?x64xf32>
}
// expected-error @+1 {{is called @decode, as the specialisation of @forward for one token is to be}}
func.func @decode() { return }

// -----

func.func @forward(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  // expected-error @+1 {{cannot be specialised: expects ignis operations in value form}}
  %y = tensor.cast %x : tensor<?x64xf32> to tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

func.func @forward(%x: tensor<?x64xf32>, %d: tensor<?x64xf32>) -> tensor<?x64xf32> {
  // expected-error @+1 {{cannot be specialised: expects ignis operations in value form}}
  %y = ignis.silu %x outs(%d) : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// expected-error @+1 {{expects one block to be specialised}}
func.func @forward(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  cf.br ^bb1
^bb1:
  return %x : tensor<?x64xf32>
}
