package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine"
)

// passFlags are the flags of all commands that run a model over a text: which model, which text, how, and with which plugins.
type passFlags struct {
	model   modelFlag
	text    textFlags
	session sessionFlags
	plugins pluginFlag
}

func (f *passFlags) add(cmd *cobra.Command) {
	f.model.add(cmd)
	f.text.add(cmd)
	f.session.add(cmd)
	f.plugins.add(cmd)
}

// pass is what the flags name, opened.
type pass struct {
	model   *engine.Model
	ids     []int32
	text    string // that the ids were made of
	options engine.Options
	plugins loadedPlugins
	callOff func() bool // of the plugins' end with the command's context
}

// open opens the model, with the families that plugins bring, and reads the text. The caller closes the pass.
func (f *passFlags) open(ctx context.Context, a *app) (*pass, error) {
	options, err := f.session.options()
	if err != nil {
		return nil, err
	}
	loaded, err := f.plugins.load(a.err)
	if err != nil {
		return nil, err
	}
	m, err := f.model.open(a, loaded.families...)
	if err != nil {
		return nil, err
	}
	ids, text, err := f.text.ids(a, m.Tokenizer)
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return &pass{m, ids, text, options, loaded, loaded.stopWith(ctx)}, nil
}

func (p *pass) close() {
	p.callOff()
	p.model.Close()
}

// newSession returns a session with the plugins' hooks.
func (p *pass) newSession() (*engine.Session, error) {
	s := p.model.NewSession(p.options)
	if err := p.plugins.attach(s); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}
