//go:build unix

package jupyter

import (
	"os"
	"slices"
	"strings"
	"syscall"
)

// Exec replaces this process by the command: Ctrl-C and the exit status are then Jupyter's own. It returns only
// where that fails. What env names goes before what the environment has.
func Exec(argv, env []string) error {
	return syscall.Exec(argv[0], argv, merge(os.Environ(), env))
}

// merge returns base with what extra names replaced or added. Of two entries of one name most programs take the first.
func merge(base, extra []string) []string {
	merged := slices.DeleteFunc(slices.Clone(base), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.ContainsFunc(extra, func(e string) bool { return strings.HasPrefix(e, name+"=") })
	})
	return append(merged, extra...)
}
