package show

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/janpfeifer/gonb/gonbui"

	"github.com/sonde-ml/sonde/internal/escape"
)

// statusError is the exit status of an error, in cells as in the command.
const statusError = 2

// Must returns v. If err is not nil, it ends the cell as [Check] does.
func Must[T any](v T, err error) T {
	Check(err)
	return v
}

// Check does nothing if all errs are nil. Otherwise it prints them to standard error and ends the cell, which Jupyter
// marks as failed. Deferred calls do not run.
func Check(errs ...error) {
	err := errors.Join(errs...)
	if err == nil {
		return
	}
	tell(os.Stderr, err)
	gonbui.Sync()
	os.Exit(statusError)
}

// tell writes an error as the command does: several problems are several lines.
func tell(w io.Writer, err error) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(w, "sonde: %s\n", escape.Text(line))
	}
}
