package gguf

import (
	"fmt"
	"path/filepath"

	"github.com/sonde-ml/sonde/internal/checked"
)

// checkSpace finds out before writing for a minute that the disk is too small. It is a courtesy: where it
// cannot be found out, and when others write too, the write itself fails.
func checkSpace(path string, plans []plan) error {
	need := uint64(0)
	for _, p := range plans {
		need = sum(need, p.size)
	}
	free, known := freeSpace(filepath.Dir(path))
	lacking, short := checked.Sub(need, free)
	if !known || !short || lacking == 0 {
		return nil
	}
	return &Error{
		File: path, Kind: ErrUnwritable, Offset: -1, Field: "free space", Seen: fmt.Sprintf("of %d bytes", free),
		Expected: fmt.Sprintf("%d bytes", need), Advice: fmt.Sprintf("free %d bytes more, or write to another disk", lacking),
	}
}
