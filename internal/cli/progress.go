package cli

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
)

// showProgress draws a bar over the ops of passes to come, where diagnostics go to a terminal and nowhere else.
func (a *app) showProgress(s *engine.Session, passes int, what string) error {
	f := a.diagnosticsTerminal()
	if f == nil {
		return nil
	}
	bar := newBar(f, passes*len(s.Model().Points()), what)
	_, err := s.On("*", func(*nn.Op) error { return bar.Add(1) })
	return err
}

func newBar(w io.Writer, n int, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions(n, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
}

// weightsBar returns what draws a bar of the weights that are done, and what takes it away. Where diagnostics do not go
// to a terminal, there is none.
func (a *app) weightsBar(what string) (progress func(done, total int64), end func()) {
	f := a.diagnosticsTerminal()
	if f == nil {
		return nil, func() {}
	}
	var bar *progressbar.ProgressBar
	progress = func(done, total int64) {
		if bar == nil {
			bar = newBar(f, int(total), what)
		}
		bar.Set64(done)
	}
	return progress, func() {
		if bar != nil {
			bar.Clear()
		}
	}
}

// diagnosticsTerminal returns the terminal that diagnostics go to, nil if they go elsewhere.
func (a *app) diagnosticsTerminal() *os.File {
	if f, ok := a.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}
