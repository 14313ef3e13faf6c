#!/usr/bin/env bash
# Fails when `go generate ./...` changes any file. It compares the tree before
# and after instead of asking git for a diff, so it also works on a tree with
# changes of your own.
set -euo pipefail
cd "$(dirname "$0")/.."

files() {
  git ls-files -z --cached --others --exclude-standard | sort -zu |
    while IFS= read -r -d '' file; do
      if [ -f "$file" ]; then printf '%s\n' "$file"; fi
    done
}

sums() {
  local list
  list=$(files)
  paste <(git hash-object --no-filters --stdin-paths <<<"$list") - <<<"$list"
}

before=$(sums)
"${GO:-go}" generate ./...
after=$(sums)
if ! changed=$(diff <(echo "$before") <(echo "$after")); then
  echo "generated: these files weren't up to date; look at them and commit:" >&2
  echo "$changed" | sed -n 's/^[<>] [0-9a-f]*\t/  /p' | sort -u >&2
  exit 1
fi
echo "generated: up to date"
