// RUN: ignis-opt %s --ignis-fuse --ignis-bufferize --ignis-plan-memory --ignis-remarks -o /dev/null 2>&1 | FileCheck %s
//
// One flag says what was fused, shared and planned, and what was missed and why.

// CHECK-DAG: remarks.mlir:24:{{.*}} remark: [Passed] fused | Category:ignis-fuse-swiglu | Function=mlp
// CHECK-DAG: remark: [Passed] fused | Category:ignis-fuse-quantize | Function=mlp
// CHECK-DAG: remarks.mlir:26:{{.*}} remark: [Missed] not fused | Category:ignis-fuse-quantize | Function=mlp | Reason="value is also used unquantised"
// CHECK-DAG: remark: [Analysis] quantisations saved | Category:ignis-share-quantization | Function=mlp | count=0{{$}}
// CHECK-DAG: remark: [Passed] ignis-plan-memory | Category:ignis-memory | Function=mlp | LowerBound={{[0-9]+}}, Peak={{[0-9]+}}, Tokens=512

// As YAML, too, each names its function.
// RUN: ignis-opt %s --ignis-fuse --remarks-filter=ignis-.* --remark-format=yaml --remarks-output-file=%t.yaml -o /dev/null
// RUN: FileCheck %s --check-prefix=YAML --input-file %t.yaml
// YAML: Pass: ignis-fuse-swiglu
// YAML: Function: mlp

// Without it nothing is said.
// RUN: ignis-opt %s --ignis-fuse --ignis-bufferize --ignis-plan-memory -o /dev/null 2>&1 | count 0

func.func @mlp(%gate: tensor<4x64xf32>, %up: tensor<4x64xf32>, %x: tensor<4x64xf32>) -> (tensor<4x64xf32>, tensor<4x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %n = ignis.weight "n" : !ignis.weight<64xf32>
  %s = ignis.silu %gate : (tensor<4x64xf32>) -> tensor<4x64xf32>
  %g = ignis.mul %s, %up : (tensor<4x64xf32>, tensor<4x64xf32>) -> tensor<4x64xf32>
  %y = ignis.matmul %g, %w : (tensor<4x64xf32>, !ignis.weight<64x64xq8_0>) -> tensor<4x64xf32>
  %h = ignis.rms_norm %x, %n {eps = 1.0e-6 : f32} : (tensor<4x64xf32>, !ignis.weight<64xf32>) -> tensor<4x64xf32>
  %z = ignis.matmul %h, %w : (tensor<4x64xf32>, !ignis.weight<64x64xq8_0>) -> tensor<4x64xf32>
  %r = ignis.add %h, %z : (tensor<4x64xf32>, tensor<4x64xf32>) -> tensor<4x64xf32>
  return %y, %r : tensor<4x64xf32>, tensor<4x64xf32>
}
