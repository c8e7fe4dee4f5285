package atomicfile

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// staleAfter is how long a writer may do nothing before it is taken for dead. A notebook may keep one open for hours.
	staleAfter = 24 * time.Hour

	// leastDigits is how many digits follow the name in that of a temporary file. Of renameio's random numbers 99 % have
	// as many; what people add to names by themselves, dates with times of day, has fewer.
	leastDigits = 18
)

// removeStale removes the temporary files of earlier writers of path. Only disk space is lost where that fails.
func removeStale(path string) {
	dir := filepath.Dir(path)
	list, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, entry := range list {
		if !isTemporary(entry.Name(), filepath.Base(path)) || !entry.Type().IsRegular() {
			continue
		}
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > staleAfter {
			os.Remove(filepath.Join(dir, entry.Name()))
		}
	}
}

// isTemporary reports whether a file of that name is what a writer of base would begin with.
func isTemporary(name, base string) bool {
	number, ok := strings.CutPrefix(name, "."+base)
	return ok && len(number) >= leastDigits && strings.Trim(number, "0123456789") == ""
}
