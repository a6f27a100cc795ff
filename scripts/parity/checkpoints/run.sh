#!/usr/bin/env bash
# Writes the checkpoint fixtures anew: run.sh VENV WORK. VENV is a virtual environment with torch, torchvision, pillow,
# safetensors and the newest transformers; older versions of transformers are installed into WORK beside it.
set -eu
venv=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)
parity=$here/../../../medr1-core/src/test/parity
mkdir -p "$work"

# version of transformers, of tokenizers, of huggingface_hub
old="4.45.2 0.20.3 0.36.0
4.49.0 0.21.0 0.36.0
4.52.4 0.21.4 0.36.0
4.57.3 0.22.1 0.36.0
5.0.0 0.22.1 1.3.2"

"$venv/bin/python" "$here/matrix.py" base --out "$work" --models "$parity/models"
while read -r version tokenizers hub; do
  packages=$work/transformers-$version
  if [ ! -d "$packages" ]; then
    "$venv/bin/pip" install -q --target "$packages" --no-deps "transformers==$version" "tokenizers==$tokenizers" \
      "huggingface_hub==$hub" requests urllib3 charset-normalizer certifi httpx httpcore
  fi
  PYTHONPATH=$packages "$venv/bin/python" "$here/matrix.py" write --out "$work" </dev/null
done <<<"$old"
"$venv/bin/python" "$here/matrix.py" write --out "$work"
"$venv/bin/python" "$here/matrix.py" answer --out "$work"
"$venv/bin/python" "$here/matrix.py" pack --out "$work" --fixtures "$parity/checkpoints"
