package cli

import (
	"encoding/json"
	"io"
	"math"
	"os"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

// number is a float64 whose JSON is a number or, where JSON has none, the string "NaN", "Inf" or "-Inf".
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	switch v := float64(n); {
	case math.IsNaN(v):
		return []byte(`"NaN"`), nil
	case math.IsInf(v, 1):
		return []byte(`"Inf"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-Inf"`), nil
	default:
		return json.Marshal(v)
	}
}

func numbers(list []float32) []number {
	n := make([]number, len(list))
	for i, v := range list {
		n[i] = number(v)
	}
	return n
}

// printJSON prints one document. Escaping for HTML is left out: the document is for programs.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// toTerminal reports whether results go to a terminal.
func (a *app) toTerminal() bool {
	f, ok := a.out.Writer.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// newTable returns a table that prints to w, without lines around its cells.
func newTable(w io.Writer, header ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.Style().Options = table.OptionsNoBordersAndSeparators
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row(header))
	return t
}
