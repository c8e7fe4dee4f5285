#!/bin/sh
# cross.sh SYSTEM/PROCESSOR...: builds the module for each, tests included.
set -eu
cd "$(dirname "$0")/.."
for target in "$@"; do
	echo "$target"
	CGO_ENABLED=0 GOOS=${target%/*} GOARCH=${target#*/} go vet ./...
	CGO_ENABLED=0 GOOS=${target%/*} GOARCH=${target#*/} go build ./...
done
