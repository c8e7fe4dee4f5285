#!/bin/sh
# fuzz.sh TIME: runs every fuzz target of the module for TIME, one after the other. Inputs are hardly made smaller: that took
# most of a short time, and is a failure where the time ends meanwhile.
set -eu
cd "$(dirname "$0")/.."
go test -list '^Fuzz' ./... | awk '
	/^Fuzz/ { targets[n++] = $1 }
	/^ok/   { for (i = 0; i < n; i++) print $2, targets[i]; n = 0 }
' | while read -r package target; do
	echo "$package $target"
	go test -run '^$' -fuzz "^$target\$" -fuzztime "$1" -fuzzminimizetime 10x "$package" </dev/null
done
