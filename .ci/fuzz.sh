#!/usr/bin/env bash
# Runs every fuzz target for a short while: .ci/fuzz.sh [FUZZTIME]
# FUZZTIME is what go test takes: 200x (the default) or 30s.
set -euo pipefail
cd "$(dirname "$0")/.."
fuzztime=${1:-200x}

targets=$(grep -rEo --include='*_test.go' --exclude-dir='.?*' --exclude-dir=testdata \
  '^func Fuzz[A-Za-z0-9_]*\(' . | sort || true)
if [ -z "$targets" ]; then
  echo "fuzz: no targets"
  exit 0
fi

count=0
while IFS=: read -r file name; do
  name=${name#func }
  name=${name%\(}
  echo "fuzz: $(dirname "$file") $name $fuzztime"
  # Minimising an input counts against nothing; keep it short too.
  "${GO:-go}" test "$(dirname "$file")" -run '^$' -fuzz "^$name\$" \
    -fuzztime "$fuzztime" -fuzzminimizetime 20x -parallel 2
  count=$((count + 1))
done <<<"$targets"
echo "fuzz: $count targets"
