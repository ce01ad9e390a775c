// RUN: ignis-opt %s --ignis-bufferize --split-input-file --verify-diagnostics

// expected-error @+1 {{expects quantised values between ignis operations only}}
func.func @argument(%q: !ignis.q8<?x64>) {
  return
}

// -----

func.func @result(%x: tensor<?x64xf32>) -> !ignis.q8<?x64> {
  %q = ignis.quantize %x : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  // expected-error @+1 {{expects quantised values between ignis operations only}}
  return %q : !ignis.q8<?x64>
}

// -----

func.func @cast(%x: tensor<?x64xf32>) -> tensor<?x128xi8> {
  %q = ignis.quantize %x : (tensor<?x64xf32>) -> !ignis.q8<?x64>
  // expected-error @+1 {{expects quantised values between ignis operations only}}
  %b = builtin.unrealized_conversion_cast %q : !ignis.q8<?x64> to tensor<?x128xi8>
  return %b : tensor<?x128xi8>
}
