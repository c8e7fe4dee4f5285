package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/escape"
)

type tokenizeFlags struct {
	model  modelFlag
	text   textFlags
	decode bool
	json   bool
}

func (a *app) tokenizeCmd() *cobra.Command {
	var f tokenizeFlags
	cmd := &cobra.Command{
		Use:   "tokenize",
		Short: "Turn a text into token ids, or ids into text",
		Long: `Turn a text into token ids, or with --decode --tokens ids into text. The file may hold only a vocabulary.
--special reads special tokens in the text as tokens, and shows those among the ids.`,
		Example: `  sonde tokenize -m model.gguf -p "Once upon a time"
  printf 'Once upon a time' | sonde tokenize -m model.gguf --json
  sonde tokenize -m model.gguf --decode --tokens 1,403,407`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.tokenize(&f) },
	}
	f.model.add(cmd)
	f.text.add(cmd)
	cmd.Flags().BoolVar(&f.decode, "decode", false, "print the text of --tokens")
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON document: ids and pieces, or the text")
	return cmd
}

func (a *app) tokenize(f *tokenizeFlags) error {
	file, err := f.model.source().open()
	if err != nil {
		return err
	}
	defer file.Close()
	v, err := openVocab(file)
	if err != nil {
		return err
	}
	a.warn(append(file.Warnings(), v.Warnings()...)...)
	if f.decode {
		return a.detokenize(f, v)
	}
	ids, _, err := f.text.ids(a, func() (*token.Vocab, error) { return v, nil })
	if err != nil {
		return err
	}
	pieces, err := v.Pieces(ids)
	if err != nil {
		return err
	}
	if f.json {
		return printJSON(a.out, map[string]any{"ids": append([]int32{}, ids...), "pieces": pieces})
	}
	for i, id := range ids {
		fmt.Fprintf(a.out, "%d\t%s\n", id, escape.Quote(pieces[i]))
	}
	return nil
}

func openVocab(file *gguf.File) (*token.Vocab, error) {
	v, err := token.New(file)
	if err != nil {
		return nil, err
	}
	return v, v.Check()
}

func (a *app) detokenize(f *tokenizeFlags, t *token.Vocab) error {
	if !f.text.given("tokens") {
		return fmt.Errorf("--decode needs --tokens IDS, such as --tokens 1,403,407")
	}
	ids, err := parseIDs("--tokens", f.text.tokens)
	if err != nil {
		return err
	}
	text, err := t.Decode(ids, token.DecodeOptions{ShowSpecial: f.text.special})
	if err != nil {
		return err
	}
	if f.json {
		return printJSON(a.out, map[string]any{"ids": ids, "text": text})
	}
	_, err = io.WriteString(a.out, text+"\n")
	return err
}
