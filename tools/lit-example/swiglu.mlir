// RUN: ignis-opt %s --ignis-fuse-swiglu | FileCheck %s

// CHECK-LABEL: func @gate
// CHECK: ignis.swiglu
// CHECK-NOT: ignis.silu
// CHECK-NOT: ignis.mul
func.func @gate(%g: tensor<?x64xf32>, %u: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %a = ignis.silu %g : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = ignis.mul %a, %u : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}
