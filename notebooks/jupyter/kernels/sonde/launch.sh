#!/bin/sh
# Started by Jupyter: runs GoNB so that cells import this checkout's packages, without a network and without a trace
# outside of .sonde/ and Go's own caches. $1 is Jupyter's connection file.
set -eu

SONDE_ROOT=$(cd "$(dirname "$0")/../../../.." && pwd -P)
state=$SONDE_ROOT/.sonde
gonb=$state/bin/gonb
if [ ! -x "$gonb" ]; then
	echo "sonde: the notebook kernel is not built: run \"make lab\" in $SONDE_ROOT" >&2
	exit 1
fi
mkdir -p "$state/tmp" "$state/log" "$SONDE_ROOT/notebooks/_scratch" # the last is where cells write files

: "${GOCACHE:=$(go env GOCACHE)}" # the user's, which would otherwise move with XDG_CACHE_HOME
export SONDE_ROOT GOCACHE XDG_CACHE_HOME="$state/cache" TMPDIR="$state/tmp" PATH="$state/bin:$PATH"
export GOPROXY="${SONDE_GOPROXY:-off}" # a kernel that may ask a proxy is slower, and fails where the proxy does
export GOFLAGS="-buildvcs=false -ldflags=-w" # halves the time to link a cell that plots

# A Jupyter that is killed cannot shut its kernels down. This kernel leads a process group, cells included: it goes
# with its parent.
watch() {
	trap '' TERM # which is for the others in the group
	while kill -0 "$JPY_PARENT_PID" && kill -0 $$; do sleep 1; done
	kill -s TERM -- -$$
	sleep 5
	kill -s KILL -- -$$
}
if [ -n "${JPY_PARENT_PID:-}" ]; then
	watch >/dev/null 2>&1 </dev/null &
fi
exec "$gonb" --kernel "$1" -go_work="$SONDE_ROOT" -raw_error="${SONDE_RAW:-false}" \
	-logtostderr=false -stderrthreshold=FATAL -log_file="$state/log/gonb.log"
