#!/bin/sh
# Sets up what notebooks need and is not there yet, all of it under the ignored .sonde/ but Jupyter, which Debian's
# packages bring. Once set up, nothing needs a network, this script included.
set -eu
cd "$(dirname "$0")/../.."
state=$PWD/.sonde
packages="jupyter-notebook jupyter-core jupyter-client jupyter-nbconvert"

fail() {
	echo "sonde: $*" >&2
	exit 1
}

has_jupyter() {
	command -v jupyter && command -v jupyter-notebook && command -v jupyter-nbconvert
} >/dev/null

# as_root CMD...: runs it as root, asking for a password only where somebody can type one.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif [ -t 0 ]; then
		sudo "$@"
	else
		sudo -n "$@"
	fi
}

may_install() {
	[ "$(id -u)" = 0 ] || command -v sudo >/dev/null
}

apt() {
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" >>"$state/log/apt.log" 2>&1
}

install_jupyter() {
	command -v apt-get >/dev/null ||
		fail "Jupyter is missing and there is no apt-get to install it: install Jupyter's notebook and nbconvert as your system does, then try again."
	may_install ||
		fail "Jupyter is missing, and without root or sudo it cannot be installed: ask for \"apt-get install $packages\", then try again."
	echo "Installing Jupyter from Debian's packages ..."
	# shellcheck disable=SC2086 # a list
	{ apt update && apt install -y --no-install-recommends $packages; } ||
		fail "apt-get could not install Jupyter ($packages): $(tail -n 1 "$state/log/apt.log")"
}

mkdir -p "$state/bin" "$state/log"
command -v go >/dev/null || fail "Go is missing: install Go 1.26 or later (https://go.dev/dl), then try again."
has_jupyter || install_jupyter

echo "Building the notebook kernel and the packages that cells import ..."
GOBIN=$state/bin go -C tools install github.com/janpfeifer/gonb golang.org/x/tools/cmd/goimports
go mod download # cells resolve imports without a network: that needs every module's go.mod
go build ./engine/... ./plotting/... ./plugins/... ./notebooks/...
