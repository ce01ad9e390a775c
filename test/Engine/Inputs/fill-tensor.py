"""fill-tensor.py MODEL INFO.json TENSOR BITS OUTPUT: a copy of MODEL in which every
element of TENSOR, in f32, has these bits, as the file has them."""

import json
import sys

model, info, name, bits, output = sys.argv[1:]
tensor = next(t for t in json.load(open(info))["tensors"] if t["name"] == name)
data = bytearray(open(model, "rb").read())
begin, size = tensor["offset"], tensor["bytes"]
data[begin:begin + size] = bytes.fromhex(bits) * (size // 4)
open(output, "wb").write(data)
