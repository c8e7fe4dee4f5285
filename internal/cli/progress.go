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
	f, ok := a.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
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
