//go:build purego

package cpu

// noCode says why this program has no code for levels but the generic one.
const noCode = "it was built without assembly, by the tag purego"
