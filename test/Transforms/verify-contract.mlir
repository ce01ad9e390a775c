// RUN: ignis-opt %s --ignis-verify-contract --split-input-file --verify-diagnostics
//
// A program that breaks each clause of the contract, one a function; those of a
// module are in verify-contract-module.mlir.

#model = #ignis.model<
    layers = 2, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 96, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false,
    rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>

module attributes {ignis.model = #model} {
  // expected-error@+1 {{expects no attribute 'llvm.linkage'}}
  func.func @linkage(%tokens: memref<?xi32>, %rows: !ignis.rows,
                     %cache: !ignis.kv_cache<2, 1, 32, f16>,
                     %logits: memref<?x96xf32>, %arena: memref<?xi8>)
      attributes {llvm.linkage = #llvm.linkage<external>} {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    ignis.matmul %x, %t select(%rows) outs(%logits)
      : (memref<?x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows,
         memref<?x96xf32>) -> ()
    return
  }

  // expected-error@+1 {{expects no attribute 'llvm.noalias' of argument 4}}
  func.func @noalias(%tokens: memref<?xi32>, %rows: !ignis.rows,
                     %cache: !ignis.kv_cache<2, 1, 32, f16>,
                     %logits: memref<?x96xf32>, %arena: memref<?xi8> {llvm.noalias}) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    ignis.matmul %x, %t select(%rows) outs(%logits)
      : (memref<?x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows,
         memref<?x96xf32>) -> ()
    return
  }

  // States have a row for each token, and the model's columns.
  // expected-error@+1 {{expects to take any number of tokens, and states of the model's 64 columns, got 'memref<?x96xf32>'}}
  func.func @embed(%tokens: memref<?xi32>, %rows: !ignis.rows,
                   %cache: !ignis.kv_cache<2, 1, 32, f16>,
                   %states: memref<?x96xf32>, %arena: memref<?xi8>) {
    return
  }

  // expected-error@+1 {{expects an output, which its caller reads}}
  func.func @no_output(%tokens: memref<?xi32>, %rows: !ignis.rows,
                       %cache: !ignis.kv_cache<2, 1, 32, f16>, %arena: memref<?xi8>) {
    return
  }

  // expected-error@+1 {{expects logits of the vocabulary's 96 columns, or candidates, got 'memref<?x128xf32>'}}
  func.func @wide_logits(%tokens: memref<?xi32>, %rows: !ignis.rows,
                         %cache: !ignis.kv_cache<2, 1, 32, f16>,
                         %logits: memref<?x128xf32>, %arena: memref<?xi8>) {
    return
  }

  // expected-error@+1 {{expects an output of any number of rows, got 'memref<1x96xf32>'}}
  func.func @one_row_of_any(%tokens: memref<?xi32>, %rows: !ignis.rows,
                            %cache: !ignis.kv_cache<2, 1, 32, f16>,
                            %logits: memref<1x96xf32>, %arena: memref<?xi8>) {
    return
  }

  // expected-error@+1 {{expects its output, which its caller reads, to be written}}
  func.func @nothing(%tokens: memref<?xi32>, %rows: !ignis.rows,
                     %cache: !ignis.kv_cache<2, 1, 32, f16>,
                     %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    return
  }

  func.func @unknown(%tokens: memref<?xi32>, %rows: !ignis.rows,
                     %cache: !ignis.kv_cache<2, 1, 32, f16>,
                     %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    // expected-error@+1 {{has no place in a scheduled program}}
    %g = memref.load %tokens[%c0] : memref<?xi32>
    return
  }

  func.func @other_memory(%tokens: memref<?xi32>, %rows: !ignis.rows,
                          %cache: !ignis.kv_cache<2, 1, 32, f16>,
                          %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %own = memref.alloca() : memref<64xi8>
    // expected-error@+1 {{expects a view of the arena, the last argument}}
    %x = memref.view %own[%c0][] : memref<64xi8> to memref<1x16xf32>
    return
  }

  func.func @narrow_number(%tokens: memref<?xi32>, %rows: !ignis.rows,
                           %cache: !ignis.kv_cache<2, 1, 32, f16>,
                           %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    // expected-error@+1 {{expects numbers of type index}}
    %c = arith.constant 0 : i8
    return
  }

  func.func @promise(%tokens: memref<?xi32>, %rows: !ignis.rows,
                     %cache: !ignis.kv_cache<2, 1, 32, f16>,
                     %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c = arith.constant 1 : index
    // expected-error@+1 {{expects no promise that it does not overflow}}
    %d = arith.addi %c, %c overflow<nuw> : index
    return
  }

  func.func @division(%tokens: memref<?xi32>, %rows: !ignis.rows,
                      %cache: !ignis.kv_cache<2, 1, 32, f16>,
                      %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c = arith.constant 0 : index
    // expected-error@+1 {{has no place in a scheduled program}}
    %d = arith.divui %c, %c : index
    return
  }

  func.func @all_rows(%tokens: memref<?xi32>, %rows: !ignis.rows,
                      %cache: !ignis.kv_cache<2, 1, 32, f16>,
                      %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    // expected-error@+1 {{computes a row for each token, expects only those that want logits}}
    ignis.matmul %x, %t outs(%logits)
      : (memref<?x64xf32>, !ignis.weight<96x64xq8_0>, memref<?x96xf32>) -> ()
    return
  }

  func.func @selected_inside(%tokens: memref<?xi32>, %rows: !ignis.rows,
                             %cache: !ignis.kv_cache<2, 1, 32, f16>,
                             %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    %y = memref.alloca(%n) : memref<?x96xf32>
    // expected-error@+1 {{computes the rows that want logits, expects to write the output}}
    ignis.matmul %x, %t select(%rows) outs(%y)
      : (memref<?x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows,
         memref<?x96xf32>) -> ()
    return
  }

  func.func @read_output(%tokens: memref<?xi32>, %rows: !ignis.rows,
                         %cache: !ignis.kv_cache<2, 1, 32, f16>,
                         %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    ignis.matmul %x, %t select(%rows) outs(%logits)
      : (memref<?x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows,
         memref<?x96xf32>) -> ()
    // expected-error@+1 {{reads the output, expects only to write it}}
    ignis.silu %logits outs(%logits) : (memref<?x96xf32>, memref<?x96xf32>) -> ()
    return
  }

  func.func @unwritten(%tokens: memref<?xi32>, %rows: !ignis.rows,
                       %cache: !ignis.kv_cache<2, 1, 32, f16>,
                       %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    // expected-error@+1 {{reads operand 0, which nothing has written}}
    ignis.matmul %x, %t select(%rows) outs(%logits)
      : (memref<?x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows,
         memref<?x96xf32>) -> ()
    return
  }

  // No rows are not any number of them.
  func.func @no_rows(%tokens: memref<?xi32>, %rows: !ignis.rows,
                     %cache: !ignis.kv_cache<2, 1, 32, f16>,
                     %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][] : memref<?xi8> to memref<0x64xf32>
    // expected-error@+1 {{expects a row for each token, got 'memref<0x64xf32>'}}
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<0x64xf32>) -> ()
    return
  }

  func.func @static_view(%tokens: memref<?xi32>, %rows: !ignis.rows,
                         %cache: !ignis.kv_cache<2, 1, 32, f16>,
                         %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][] : memref<?xi8> to memref<1x64xf32>
    // expected-error@+1 {{expects a row for each token, got 'memref<1x64xf32>'}}
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<1x64xf32>) -> ()
    return
  }

  func.func @small_table(%tokens: memref<?xi32>, %rows: !ignis.rows,
                         %cache: !ignis.kv_cache<2, 1, 32, f16>,
                         %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<32x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    // expected-error@+1 {{expects a row for each of the 96 tokens of the vocabulary, got '!ignis.weight<32x64xq8_0>'}}
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<32x64xq8_0>, memref<?x64xf32>) -> ()
    return
  }

  func.func @made_tokens(%tokens: memref<?xi32>, %rows: !ignis.rows,
                         %cache: !ignis.kv_cache<2, 1, 32, f16>,
                         %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    %z = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?xi32>
    // expected-error@+1 {{expects the tokens of the call, the first argument, got 'memref<?xi32>'}}
    ignis.embedding %z, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    return
  }

  func.func @attend_first(%tokens: memref<?xi32>, %rows: !ignis.rows,
                          %cache: !ignis.kv_cache<2, 1, 32, f16>,
                          %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    %c256 = arith.constant 256 : index
    %o = arith.muli %n, %c256 : index
    %y = memref.view %arena[%o][%n] : memref<?xi8> to memref<?x64xf32>
    // expected-error@+1 {{reads layer 1 of the cache, to which nothing has appended the rows}}
    ignis.attend %x, %cache at %rows outs(%y) {layer = 1 : i64}
      : (memref<?x64xf32>, !ignis.kv_cache<2, 1, 32, f16>, !ignis.rows,
         memref<?x64xf32>) -> ()
    return
  }

  func.func @other_columns(%tokens: memref<?xi32>, %rows: !ignis.rows,
                           %cache: !ignis.kv_cache<2, 1, 32, f16>,
                           %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    %q = memref.alloca(%n) : memref<?x128xi8>
    %w = ignis.weight "w" : !ignis.weight<96x96xq8_0>
    ignis.quantize %x outs(%q) : (memref<?x64xf32>, memref<?x128xi8>) -> ()
    // expected-error@+1 {{expects quantised rows of 96 columns, got 64}}
    ignis.matmul %q, %w select(%rows) outs(%logits)
      : (memref<?x128xi8>, !ignis.weight<96x96xq8_0>, !ignis.rows,
         memref<?x96xf32>) -> ()
    return
  }

  func.func @twice(%tokens: memref<?xi32>, %rows: !ignis.rows,
                   %cache: !ignis.kv_cache<2, 1, 32, f16>,
                   %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    %c256 = arith.constant 256 : index
    %o = arith.muli %n, %c256 : index
    %y = memref.view %arena[%o][%n] : memref<?xi8> to memref<?x64xf32>
    // expected-error@+1 {{expects a destination for each result, got one for two}}
    ignis.grouped_matmul %x, (%w, %w) outs(%y, %y)
      : (memref<?x64xf32>, !ignis.weight<64x64xq8_0>, !ignis.weight<64x64xq8_0>,
         memref<?x64xf32>, memref<?x64xf32>) -> ()
    return
  }

  func.func @few_compared(%tokens: memref<?xi32>, %rows: !ignis.rows,
                          %cache: !ignis.kv_cache<2, 1, 32, f16>,
                          %best: memref<?x4xi64>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    // expected-error@+1 {{expects to compare the vocabulary's 96 columns, got 64}}
    ignis.argmax %x select(%rows) outs(%best)
      : (memref<?x64xf32>, !ignis.rows, memref<?x4xi64>) -> ()
    return
  }

  func.func @foreign_rows(%tokens: memref<?xi32>, %rows: !ignis.rows,
                          %cache: !ignis.kv_cache<2, 1, 32, f16>,
                          %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    // expected-error@+1 {{has no place in a scheduled program}}
    %r = builtin.unrealized_conversion_cast %n : index to !ignis.rows
    return
  }
}

// -----

#model = #ignis.model<
    layers = 2, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 96, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false,
    rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>

// Beside an entry that gives candidates, one may give states.
module attributes {ignis.model = #model} {
  func.func @decode(%tokens: memref<1xi32>, %rows: !ignis.rows,
                    %cache: !ignis.kv_cache<2, 1, 32, f16>,
                    %best: memref<1x2xi64>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][] : memref<?xi8> to memref<1x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<1xi32>, !ignis.weight<96x64xq8_0>, memref<1x64xf32>) -> ()
    ignis.matmul_argmax %x, %t outs(%best)
      : (memref<1x64xf32>, !ignis.weight<96x64xq8_0>, memref<1x2xi64>) -> ()
    return
  }
  func.func @embed(%tokens: memref<?xi32>, %rows: !ignis.rows,
                   %cache: !ignis.kv_cache<2, 1, 32, f16>,
                   %states: memref<?x64xf32>, %arena: memref<?xi8>) {
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    ignis.embedding %tokens, %t outs(%states)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    return
  }
}

// -----

#model = #ignis.model<
    layers = 2, embedding = 96, feed_forward = 64, heads = 3, kv_heads = 1,
    head_dim = 32, vocab = 96, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false,
    rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>

module attributes {ignis.model = #model} {
  func.func @embed(%tokens: memref<?xi32>, %rows: !ignis.rows,
                   %cache: !ignis.kv_cache<2, 1, 32, f16>,
                   %states: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x96xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x96xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x96xq8_0>, memref<?x96xf32>) -> ()
    // expected-error@+1 {{expects a row for each token: the output has states}}
    ignis.matmul %x, %t select(%rows) outs(%states)
      : (memref<?x96xf32>, !ignis.weight<96x96xq8_0>, !ignis.rows,
         memref<?x96xf32>) -> ()
    return
  }
}
