package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/gguf"
)

// modelFlag says which model a command runs.
type modelFlag struct {
	path  string
	given func() bool
}

func (f *modelFlag) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.path, "model", "m", "", "GGUF `FILE` of the model (default: SONDE_MODEL, else the embedded model)")
	f.given = func() bool { return cmd.Flags().Changed("model") }
}

// source returns the model's file.
func (f *modelFlag) source() source {
	if f.given() {
		return source{path: f.path}
	}
	return fileArgument(nil)
}

// open opens the model and prints its warnings.
func (f *modelFlag) open(a *app, extra ...arch.Family) (*engine.Model, error) {
	open := engine.Default
	if f.given() {
		open = func(extra ...arch.Family) (*engine.Model, error) { return engine.Open(f.path, extra...) }
	}
	m, err := open(extra...)
	if err != nil {
		return nil, err
	}
	if err := m.Check(); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	a.warn(m.Warnings()...)
	return m, nil
}

// textFlags say which tokens a command works on.
type textFlags struct {
	prompt  string
	special bool
	bos     bool
	tokens  string

	given func(name string) bool
}

func (f *textFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.prompt, "prompt", "p", "", "`TEXT` (default: standard input, less one trailing newline)")
	flags.BoolVar(&f.special, "special", false, "read special tokens in the text, such as </s>, as tokens")
	flags.BoolVar(&f.bos, "bos", false, "add the beginning-of-text token, or leave it out (default: as the file says)")
	flags.StringVar(&f.tokens, "tokens", "", "token `IDS`, as in 1,403,407, instead of text; nothing is added")
	cmd.MarkFlagsMutuallyExclusive("prompt", "tokens")
	cmd.MarkFlagsMutuallyExclusive("bos", "tokens")
	f.given = func(name string) bool { return flags.Changed(name) }
}

// text returns the prompt, or what standard input has.
func (f *textFlags) text(a *app) (string, error) {
	if f.given("prompt") {
		return f.prompt, nil
	}
	b, err := io.ReadAll(a.in)
	if err != nil {
		return "", fmt.Errorf("read the prompt from standard input: %w", err)
	}
	text := strings.TrimSuffix(string(b), "\n")
	return strings.TrimSuffix(text, "\r"), nil
}

// ids returns the tokens to work on, and the text that they were made of.
func (f *textFlags) ids(a *app, tokenizer func() (*token.Vocab, error)) (ids []int32, text string, err error) {
	if f.given("tokens") {
		ids, err = parseIDs("--tokens", f.tokens)
		return ids, "", err
	}
	t, err := tokenizer()
	if err != nil {
		return nil, "", err
	}
	text, err = f.text(a)
	if err != nil {
		return nil, "", err
	}
	opt := token.EncodeOptions{ParseSpecial: f.special}
	if f.given("bos") {
		opt.BOS = token.Never
		if f.bos {
			opt.BOS = token.Always
		}
	}
	ids, err = t.Encode(text, opt)
	return ids, text, err
}

// flagError says what a flag wants, where pflag repeats what strconv says.
func flagError(err error) error {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return err
	}
	f := invalid.GetFlag()
	want, ok := map[string]string{
		"bool":     "true or false",
		"float32":  "a number, such as 0.8",
		"float64":  "a number, such as 1e-6",
		"int":      "a whole number",
		"intSlice": "whole numbers with commas, such as 64,256",
		"uint64":   "a whole number, not negative",
	}[f.Value.Type()]
	if !ok || errors.Is(err, strconv.ErrRange) {
		return err
	}
	return fmt.Errorf("--%s %q: want %s", f.Name, invalid.GetValue(), want)
}

// parseIDs reads a list such as "1,403,407".
func parseIDs(flag, list string) ([]int32, error) {
	var ids []int32
	for word := range strings.SplitSeq(list, ",") {
		id, err := strconv.ParseInt(strings.TrimSpace(word), 10, 32)
		if err != nil || id < 0 {
			return nil, fmt.Errorf("%s %q: %q is no token id; want whole numbers with commas, such as 1,403,407", flag, list, word)
		}
		ids = append(ids, int32(id))
	}
	return ids, nil
}

// sessionFlags say how a command computes.
type sessionFlags struct {
	numerics string
	kvCache  string
	threads  int
	context  int
}

func (f *sessionFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.numerics, "numerics", "fast", "arithmetic: `exact` (float64, rounded once per op) or fast")
	flags.StringVar(&f.kvCache, "kv-cache", "f32", "number format of the KV cache: `f32`, f16 or q8_0")
	flags.IntVar(&f.threads, "threads", 0, "`N` threads (default: one per processor); results do not depend on it")
	flags.IntVar(&f.context, "ctx", 0, "context of `N` tokens (default: the model's, at most 4096)")
}

func (f *sessionFlags) options() (engine.Options, error) {
	n, err := nn.NumericsByName(f.numerics)
	kvCache, cacheErr := cacheType(f.kvCache)
	err = errors.Join(err, cacheErr)
	if f.threads < 0 || f.threads > engine.MaxThreads {
		err = errors.Join(err, fmt.Errorf("--threads %d: want 1 to %d, or 0 for one per processor", f.threads, engine.MaxThreads))
	}
	if f.context < 0 || f.context > engine.MaxContext {
		err = errors.Join(err, fmt.Errorf("--ctx %d: want 1 to %d, or 0 for the model's", f.context, engine.MaxContext))
	}
	return engine.Options{Numerics: n, KVCache: kvCache, Threads: f.threads, Context: f.context}, err
}

// cacheType returns the type that --kv-cache names.
func cacheType(name string) (gguf.Type, error) {
	for _, t := range []gguf.Type{gguf.F32, gguf.F16, gguf.Q8_0} {
		if strings.ToLower(t.String()) == name {
			return t, nil
		}
	}
	return 0, fmt.Errorf("--kv-cache %q: there are f32, f16 and q8_0", name)
}
