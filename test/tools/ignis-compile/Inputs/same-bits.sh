# same-bits.sh DIRECTORY SHAPE TYPE CPU: a synthetic model gives the same logits
# by ignis-run and by a program for AArch64 on CPU: a prompt, in one piece and in
# pieces, and tokens that follow it.
set -e
cd "$1"
name=$2-$3
ignis-gguf synth --shape "$2" --type "$3" --seed 3 -o "$name.gguf"
ignis-compile -m "$name.gguf" --target=aarch64-linux-gnu -o "$name"
run=(--ids 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19 -n 4 --temp 0 -c 64)
ignis-run -m "$name.gguf" "${run[@]}" --dump-logits x86.f32
qemu-aarch64 -cpu "$4" "./$name" "${run[@]}" -t 2 --dump-logits arm.f32
cmp x86.f32 arm.f32
qemu-aarch64 -cpu "$4" "./$name" "${run[@]}" -t 1 -b 7 --dump-logits arm.f32
cmp x86.f32 arm.f32
