//go:build !amd64 && !purego

package cpu

import "runtime"

// noCode says why this program has no code for levels but the generic one.
const noCode = "there is no assembly for " + runtime.GOARCH
