package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/sonde-ml/sonde/kernels/cpu"
)

// commit is set by the linker (make build) where Go does not stamp it.
var commit string

// version says what was built and what it runs on.
func version() string {
	info, _ := debug.ReadBuildInfo()
	number, revision := "(devel)", commit
	if info != nil {
		if v := info.Main.Version; v != "" {
			number = v
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && revision == "" {
				revision = s.Value
			}
		}
	}
	if revision == "" {
		revision = "unknown"
	}
	level, _ := cpu.Active()
	return fmt.Sprintf("%s, commit %.12s, %s %s/%s, CPU level %s (%s)",
		number, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH, level, cpu.Name())
}
