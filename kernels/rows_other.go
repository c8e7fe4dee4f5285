//go:build !amd64 || purego

package kernels

// rowsAt returns the functions of a level.
func rowsAt(tier, bool) *rowFuncs { return &genericRows }
