#!/usr/bin/env bash
# Loads the release binary over HTTP on a free loopback port, a few seconds for each address, and prints requests a second
# beside those of the cheapest answer there is (/health/live) in the same run. Needs wrk (Debian's package of that name).
set -euo pipefail
cd "$(dirname "$0")/../.."

SECONDS_EACH=${SECONDS_EACH:-5}
CONNECTIONS=16
command -v wrk >/dev/null || { echo "wrk is not installed: apt-get install wrk" >&2; exit 1; }

data=$(mktemp -d)
RUST_LOG=warn ./target/release/guatu serve --listen 127.0.0.1:0 --data "$data" >"$data/out" 2>"$data/log" &
server=$!
trap 'kill -TERM "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$data"' EXIT
for _ in $(seq 100); do grep -q '^listening on ' "$data/out" && break; sleep 0.1; done
base=$(sed -n 's/^listening on //p' "$data/out")
[ -n "$base" ] || { cat "$data/log" >&2; exit 1; }

measure() {
  local report rate bad
  report=$(wrk -t2 -c"$CONNECTIONS" -d"${SECONDS_EACH}s" "$base$1")
  rate=$(awk '/^Requests\/sec/ { print $2 }' <<<"$report")
  bad=$(awk '/Non-2xx/ { print $NF }' <<<"$report")
  [ "$1" = /health/live ] && floor=$rate
  awk -v rate="$rate" -v floor="$floor" -v bad="${bad:-0}" -v path="$1" \
    'BEGIN { printf "%10.0f requests/s  %5.2f of /health/live  %s bad answers  %s\n", rate, rate / floor, bad, path }'
}

floor=1
measure /health/live
measure '/api/v1/nearby?lon=120.75&lat=30.72&radius_m=1000'
measure '/api/v1/projects?kind=road'
measure '/api/v1/plans/jxedz-2019'
measure '/api/v1/search?q=%E8%B7%AF'
measure /tiles/plan/12/3421/1680
measure '/ogc/collections/zones/items'
