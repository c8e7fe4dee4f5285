#!/bin/sh
# fuzz.sh TIME: runs every fuzz target of the module for TIME, one after the other. Inputs are hardly made smaller: that took
# most of a short time, and is a failure where the time ends meanwhile. Go sometimes fails because the time ended, and has no
# input to show for it: such a target is run once more.
set -eu
cd "$(dirname "$0")/.."
time=$1

fuzz() { # PACKAGE TARGET
	go test -run '^$' -fuzz "^$2\$" -fuzztime "$time" -fuzzminimizetime 10x "$1" 2>&1 </dev/null
}

onlyEnded() { # OUTPUT
	case $1 in
	*"Failing input"*) return 1 ;;
	*"context deadline exceeded"*) return 0 ;;
	esac
	return 1
}

go test -list '^Fuzz' ./... | awk '
	/^Fuzz/ { targets[n++] = $1 }
	/^ok/   { for (i = 0; i < n; i++) print $2, targets[i]; n = 0 }
' | while read -r package target; do
	echo "$package $target"
	if output=$(fuzz "$package" "$target"); then
		echo "$output"
	else
		echo "$output"
		onlyEnded "$output"
		fuzz "$package" "$target"
	fi
done
