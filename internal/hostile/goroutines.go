package hostile

import (
	"runtime"
	"slices"
	"strings"
)

// Goroutines returns the stacks of the goroutines, but for the calling one, that are in a function of a package, such as
// "github.com/sonde-ml/sonde/kernels". To count all goroutines says less: one that is at its end, and that nothing can
// wait for, counts until the runtime has cleared it away.
func Goroutines(pkg string) []string {
	b := make([]byte, 1<<20)
	stacks := strings.Split(string(b[:runtime.Stack(b, true)]), "\n\n")
	return slices.DeleteFunc(stacks[1:], func(stack string) bool {
		return !strings.Contains(stack, "\n"+pkg+".")
	})
}
