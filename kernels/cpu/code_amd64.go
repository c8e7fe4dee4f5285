//go:build amd64 && !purego

package cpu

// noCode says why this program has no code for levels but the generic one; "" where it has.
const noCode = ""
