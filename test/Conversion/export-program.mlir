// RUN: ignis-opt %s --ignis-export-program | FileCheck %s

// The description has become data.
// CHECK:     module {
// CHECK-NOT: ignis.
module attributes {
    ignis.model = #ignis.model<
      layers = 3, embedding = 64, feed_forward = 128, heads = 2, kv_heads = 1,
      head_dim = 32, vocab = 256, context_length = 512, eps = 1.0e-6,
      tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 42>} {
  ignis.program !ignis.kv_cache<3, 1, 32, f16>
    tensors [#ignis.tensor<name = "token_embd.weight", type = <256x64xf32>, parts = 27, units = 29>, #ignis.tensor<name = "a", type = <64xf16>>]
    entries [#ignis.entry<function = @forward, tokens = 0, barriers = 5, candidates = 11, scratch = 7, arena = [256, 64, 0, 512], gathers = 13, gathered = 1700, gathered_outputs = 1900, gathered_row = 2100>]
    head_units 23
  // CHECK: llvm.func internal @forward(%{{.*}}: !llvm.ptr) {
  llvm.func internal @forward(%thread: !llvm.ptr) {
    llvm.return
  }
}

// Names one after the other, each ended by a zero, and a table of them: f32 is
// type 0, f16 type 1, and a vector has no rows.
// CHECK:     llvm.mlir.global internal constant @ignis_weight_names("token_embd.weight\00a\00")
// CHECK:     llvm.mlir.global internal constant @ignis_weights() {{.*}} : !llvm.array<2 x
// CHECK:     llvm.mlir.constant(27 : i64)
// CHECK:     llvm.mlir.constant(29 : i64)
// CHECK:     llvm.getelementptr %{{.*}}[18]
// CHECK:     llvm.mlir.constant(1 : i64)

// The entry: its name, its code, and what it says of itself.
// CHECK:     @ignis_entry_forward("forward\00")
// CHECK:     @ignis_arena_forward(dense<[256, 64, 0, 512]> : tensor<4xi64>)
// CHECK:     llvm.mlir.addressof @forward
// CHECK-DAG: llvm.mlir.constant(5 : i64)
// CHECK-DAG: llvm.mlir.constant(7 : i64)
// CHECK-DAG: llvm.mlir.constant(11 : i64)
// CHECK-DAG: llvm.mlir.constant(13 : i64)
// CHECK-DAG: llvm.mlir.constant(1700 : i64)
// CHECK-DAG: llvm.mlir.constant(1900 : i64)
// CHECK-DAG: llvm.mlir.constant(2100 : i64)

// The one symbol that an object exports, in the order of ignis_program.
// CHECK:      llvm.mlir.global external constant @ignis_compiled_program()
// CHECK-NEXT: llvm.mlir.constant(4 : i64)
// CHECK-NEXT: llvm.mlir.constant(42 : i64)
// CHECK-NEXT: llvm.mlir.constant(1 : i64)
// CHECK-NEXT: llvm.mlir.constant(3 : i64)
// CHECK-NEXT: llvm.mlir.constant(64 : i64)
// CHECK-NEXT: llvm.mlir.constant(128 : i64)
// CHECK-NEXT: llvm.mlir.constant(2 : i64)
// CHECK-NEXT: llvm.mlir.constant(1 : i64)
// CHECK-NEXT: llvm.mlir.constant(32 : i64)
// CHECK-NEXT: llvm.mlir.constant(256 : i64)
// CHECK-NEXT: llvm.mlir.constant(512 : i64)
// CHECK-NEXT: llvm.mlir.constant(9.99{{[0-9]*}}E-7 : f64)
// CHECK-NEXT: llvm.mlir.constant(1 : i64)
// CHECK-NEXT: llvm.mlir.constant(1 : i64)
// CHECK-NEXT: llvm.mlir.constant(0 : i64)
// CHECK-NEXT: llvm.mlir.constant(1.000000e+04 : f64)
// CHECK:      llvm.mlir.addressof @ignis_weights
// CHECK:      llvm.mlir.addressof @ignis_entries
// CHECK-NEXT: llvm.mlir.constant(23 : i64)
