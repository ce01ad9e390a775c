"""check.py KIND FILE [ISA]: ignis-bench's JSON is complete and makes sense."""

import json
import sys

kind, path, *isa = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    results = json.load(file)


def check_model(result):
    is_prompt = result["n_prompt"] > 0
    tokens = result["n_prompt"] + result["n_gen"]
    prefix = "pp" if is_prompt else "tg"
    assert result["test"] == f"{prefix}{tokens}", result["test"]
    for key in ("model_filename", "model_type", "cpu_info", "test_time"):
        assert isinstance(result[key], str), key
    for key in ("model_size", "model_n_params", "n_batch", "n_threads"):
        assert result[key] > 0, key
    assert result["n_depth"] == 0

    samples = result["samples_ns"]
    assert len(samples) == len(result["samples_ts"]) == 3
    assert abs(result["avg_ns"] - sum(samples) / 3) <= 1
    assert min(samples) > 0 and result["stddev_ns"] >= 0
    for sample, speed in zip(samples, result["samples_ts"]):
        assert abs(sample * speed / 1e9 / tokens - 1) < 0.01
    assert result["stddev_ts"] >= 0
    for key in ("avg_ts", "median_ts"):
        low, high = min(result["samples_ts"]), max(result["samples_ts"])
        assert low * 0.999 <= result[key] <= high * 1.001, key

    rates = (
        ("macs_per_second", "peak_macs_per_second", "share_of_peak")
        if is_prompt
        else (
            "bytes_per_token",
            "bytes_per_second",
            "read_bytes_per_second",
            "share_of_read",
        )
    )
    for key in rates:
        assert result[key] > 0, key
    if not is_prompt:
        # Each token reads less than the file, but most of it.
        share = result["bytes_per_token"] / result["model_size"]
        assert 0.5 < share <= 1, share


def check_kernel(result):
    for key in ("n_threads", "rows", "cols", "tokens", "seconds", "rate", "share"):
        assert result[key] > 0, key
    assert result["unit"] in ("B/s", "MAC/s")


if kind == "model":
    assert [result["test"] for result in results] == ["pp8", "tg2"]
elif kind == "kernels":
    names = {result["kernel"] for result in results}
    assert names == {"matmul q8_0", "matmul q8_0 unpacked", "attend"}, names
else:
    formats = "f32 f16 bf16 q4_0 q4_1 q5_0 q5_1 q8_0 iq4_nl"
    formats += " q2_k q3_k q4_k q5_k q6_k iq4_xs"
    assert [result["tokens"] for result in results] == [1, 512] * 30
    names = {result["kernel"] for result in results}
    assert names == {f"matmul {name}" for name in formats.split()}, names
for result in results:
    assert not isa or result["backends"] == isa[0]
    (check_model if kind == "model" else check_kernel)(result)
