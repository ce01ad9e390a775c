# same-types.sh FOLDER SCRATCH: makes FOLDER's FAMILY-RECIPE.gguf anew from
# FAMILY-q8_0.gguf and compares names, types, shapes and the file type.
set -euo pipefail
folder=$1
scratch=$2

list_types() {
  ignis-gguf info --tensors "$1" | awk '
    $1 == "general.file_type" { print $1, $3 }
    /^tensors:/ { tensors = 1; next }
    tensors { print $1, $2, $3 }'
}

for file in "$folder"/qwen*.gguf; do
  name=$(basename "$file" .gguf)
  ignis-gguf quantize "$folder/${name%%-*}-q8_0.gguf" "$scratch.gguf" "${name#*-}"
  diff <(list_types "$file") <(list_types "$scratch.gguf")
  echo "$name: the same types"
done
