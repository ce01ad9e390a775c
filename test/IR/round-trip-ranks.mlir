// RUN: ignis-opt %s | ignis-opt | FileCheck %s
// RUN: ignis-opt %s --mlir-print-op-generic | ignis-opt | FileCheck %s
// RUN: ignis-opt %s --emit-bytecode | ignis-opt | FileCheck %s
// RUN: ignis-opt %s --verify-roundtrip -o /dev/null

// What programs of several ranks have besides.
module {
// CHECK-LABEL: @gathers(
func.func @gathers(%rows: !ignis.rows, %buffer: memref<?x896xf32>, %q: memref<?x128xi8>, %l: memref<?x40xf32>, %c: memref<?x3xi64>) {
  // CHECK-NEXT: ignis.all_gather %arg1 {columns = 896 : i64, width = 64 : i64} : memref<?x896xf32>
  ignis.all_gather %buffer {columns = 896 : i64, width = 64 : i64} : memref<?x896xf32>
  // CHECK-NEXT: ignis.all_gather %arg2 {columns = 96 : i64, width = 32 : i64} : memref<?x128xi8>
  ignis.all_gather %q {columns = 96 : i64, width = 32 : i64} : memref<?x128xi8>
  // CHECK-NEXT: ignis.all_gather %arg3 select(%arg0) {columns = 40 : i64, first_only, width = 16 : i64} : memref<?x40xf32>
  ignis.all_gather %l select(%rows) {columns = 40 : i64, first_only, width = 16 : i64} : memref<?x40xf32>
  // CHECK-NEXT: ignis.all_gather %arg4 {columns = 3 : i64, width = 1 : i64} : memref<?x3xi64>
  ignis.all_gather %c {columns = 3 : i64, width = 1 : i64} : memref<?x3xi64>
  return
}

// CHECK: tensors [#ignis.tensor<name = "a", type = <64x64xf32>, parts = 4, units = 2>] entries [#ignis.entry<function = @gathers, tokens = 0, barriers = 1, candidates = 0, scratch = 0, arena = [], gathers = 3, gathered = 96, gathered_outputs = 160, gathered_row = 160>] head_units 2
ignis.program !ignis.kv_cache<1, 1, 32, f16>
  tensors [#ignis.tensor<name = "a", type = <64x64xf32>, parts = 4, units = 2>]
  entries [#ignis.entry<function = @gathers, tokens = 0, barriers = 1, candidates = 0, scratch = 0, arena = [],
           gathers = 3, gathered = 96, gathered_outputs = 160, gathered_row = 160>]
  head_units 2
}
