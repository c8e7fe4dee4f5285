//go:build !unix || openbsd

package hostile

import "testing"

// LimitAddressSpace does nothing here.
func LimitAddressSpace(testing.TB) {}
