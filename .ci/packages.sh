#!/usr/bin/env bash
# Installs the Debian packages that tests compare with, where they are missing
# and apt-get can: lua5.1, the reference of the Lua dialect. Tests that lack
# theirs skip and say so.
set -euo pipefail

missing=()
command -v lua5.1 >/dev/null || missing+=(lua5.1)
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y --no-install-recommends "${missing[@]}" >/dev/null ||
    { apt-get update >/dev/null && apt-get install -y --no-install-recommends "${missing[@]}" >/dev/null; } || true
fi
for name in "${missing[@]}"; do
  if ! command -v "$name" >/dev/null; then
    cat >&2 <<SAY

****************************************************************
** MISSING: $name; the tests that compare with it will skip. **
****************************************************************
SAY
  fi
done
