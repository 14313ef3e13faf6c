#!/usr/bin/env bash
# Prints the beginning of every file below a folder: .ci/show.sh FOLDER
set -euo pipefail
folder=$1
files=$(find "$folder" -type f | sort)
if [ -z "$files" ]; then
  echo "$folder is empty" >&2
  exit 1
fi
while IFS= read -r file; do
  lines=$(wc -l <"$file")
  echo
  echo "== $file ($(wc -c <"$file") bytes, $lines lines)"
  case $file in
  *.csv | *.json | *.ndjson | *.jsonl | *.txt | *.tsv | *.xml | *.md)
    head -n 12 "$file" | cut -c 1-160
    if [ "$lines" -gt 12 ]; then echo "..."; fi
    ;;
  esac
done <<<"$files"
