package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/plugins"
)

// pluginFlag names the plugin files of a run.
type pluginFlag struct{ files []string }

func (f *pluginFlag) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.files, "plugin", nil, "`FILE` of Go that adds hooks, replaces ops or adds families; may be given again")
}

// loadedPlugins are plugins, and the families that they bring.
type loadedPlugins struct {
	list     []*plugins.Plugin
	families []arch.Family
}

// load loads the files. What plugins print is no result: it goes to out.
func (f *pluginFlag) load(out io.Writer) (loadedPlugins, error) {
	var l loadedPlugins
	for _, file := range f.files {
		p, err := plugins.Load(file, plugins.Output(out))
		if err != nil {
			return l, err
		}
		l.list = append(l.list, p)
		l.families = append(l.families, p.Families()...)
	}
	return l, nil
}

// stopWith ends what the plugins run when ctx ends, which they cannot know; the function that it returns calls that off.
func (l loadedPlugins) stopWith(ctx context.Context) (callOff func() bool) {
	return context.AfterFunc(ctx, func() {
		for _, p := range l.list {
			p.Stop()
		}
	})
}

// attach adds the plugins' hooks to the session.
func (l loadedPlugins) attach(s *engine.Session) error {
	for _, p := range l.list {
		if _, err := p.Attach(s.Hooks); err != nil {
			return err
		}
	}
	return nil
}
