// The distribution's mlir-opt loads dialect and passes; it has no sanitizer.
//
// UNSUPPORTED: sanitizer
//
// RUN: mlir-opt --load-dialect-plugin=%ignis_obj_root/lib/libIgnisPlugin.so \
// RUN:   --load-pass-plugin=%ignis_obj_root/lib/libIgnisPlugin.so \
// RUN:   --pass-pipeline='builtin.module(func.func(ignis-fuse-swiglu),ignis-bufferize)' %s \
// RUN:   | FileCheck %s

// CHECK-LABEL: @gate
// CHECK-NOT:     ignis.silu
// CHECK:         ignis.swiglu %{{.*}}, %{{.*}} outs(%{{.*}}) : (memref<?x64xf32>
func.func @gate(%g: tensor<?x64xf32>, %u: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %a = ignis.silu %g : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = ignis.mul %a, %u : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}
