shard.grid @ranks(shape = 2)
func.func @layer(%a: tensor<1x96xf32>, %x: tensor<1x96xf32>,
                 %wo: tensor<96x96xf32>, %wg: tensor<96x128xf32>, %wd: tensor<128x96xf32>) -> tensor<1x96xf32> {
  %whole = shard.sharding @ranks split_axes = [[], []] : !shard.sharding
  %columns = shard.sharding @ranks split_axes = [[], [0]] : !shard.sharding
  %zo = tensor.empty() : tensor<1x96xf32>
  %zg = tensor.empty() : tensor<1x128xf32>
  %a0 = shard.shard %a to %columns : tensor<1x96xf32>
  %a1 = shard.shard %a0 to %whole annotate_for_users : tensor<1x96xf32>
  %x1 = shard.shard %x to %whole : tensor<1x96xf32>
  %x2 = shard.shard %x1 to %columns annotate_for_users : tensor<1x96xf32>
  %wo0 = shard.shard %wo to %columns : tensor<96x96xf32>
  %wo1 = shard.shard %wo0 to %columns annotate_for_users : tensor<96x96xf32>
  %o = linalg.matmul ins(%a1, %wo1 : tensor<1x96xf32>, tensor<96x96xf32>) outs(%zo : tensor<1x96xf32>) -> tensor<1x96xf32>
  %o0 = shard.shard %o to %columns : tensor<1x96xf32>
  %o1 = shard.shard %o0 to %columns annotate_for_users : tensor<1x96xf32>
  %r = tosa.add %o1, %x2 : (tensor<1x96xf32>, tensor<1x96xf32>) -> tensor<1x96xf32>
  %r0 = shard.shard %r to %columns : tensor<1x96xf32>
  %r1 = shard.shard %r0 to %whole annotate_for_users : tensor<1x96xf32>
  %wg0 = shard.shard %wg to %columns : tensor<96x128xf32>
  %wg1 = shard.shard %wg0 to %columns annotate_for_users : tensor<96x128xf32>
  %g = linalg.matmul ins(%r1, %wg1 : tensor<1x96xf32>, tensor<96x128xf32>) outs(%zg : tensor<1x128xf32>) -> tensor<1x128xf32>
  %g0 = shard.shard %g to %columns : tensor<1x128xf32>
  %g1 = shard.shard %g0 to %whole annotate_for_users : tensor<1x128xf32>
  %wd0 = shard.shard %wd to %columns : tensor<128x96xf32>
  %wd1 = shard.shard %wd0 to %columns annotate_for_users : tensor<128x96xf32>
  %d = linalg.matmul ins(%g1, %wd1 : tensor<1x128xf32>, tensor<128x96xf32>) outs(%zo : tensor<1x96xf32>) -> tensor<1x96xf32>
  %d0 = shard.shard %d to %columns : tensor<1x96xf32>
  %d1 = shard.shard %d0 to %whole annotate_for_users : tensor<1x96xf32>
  return %d1 : tensor<1x96xf32>
}
