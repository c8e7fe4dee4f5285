package cli

import (
	"fmt"
	"io"
	"os"
)

// app is what all subcommands share: where they read, where results go, and where diagnostics go.
type app struct {
	in  io.Reader
	out *resultWriter
	err io.Writer

	together bool // both end in the same place, as with 2>&1
}

func newApp(in io.Reader, out, err io.Writer) *app {
	return &app{in, &resultWriter{Writer: out}, err, sameFile(out, err)}
}

// say prints a diagnostic, which is a line of its own even where text without an end stands before it.
func (a *app) say(format string, args ...any) {
	if a.together && a.out.midLine {
		fmt.Fprintln(a.err)
		a.out.midLine = false
	}
	fmt.Fprintf(a.err, format+"\n", args...)
}

// resultWriter remembers whether what was written last ended its line, and whether some of it was lost.
type resultWriter struct {
	io.Writer
	midLine bool
	lost    error
}

func (w *resultWriter) Write(b []byte) (int, error) {
	if len(b) > 0 {
		w.midLine = b[len(b)-1] != '\n'
	}
	n, err := w.Writer.Write(b)
	if err != nil && w.lost == nil {
		w.lost = fmt.Errorf("write the result to standard output: %w", err)
	}
	return n, err
}

func sameFile(a, b io.Writer) bool {
	f, ok1 := a.(*os.File)
	g, ok2 := b.(*os.File)
	if !ok1 || !ok2 {
		return false
	}
	fs, err1 := f.Stat()
	gs, err2 := g.Stat()
	return err1 == nil && err2 == nil && os.SameFile(fs, gs)
}
