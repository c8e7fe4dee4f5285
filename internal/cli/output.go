package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"github.com/sonde-ml/sonde/engine/audit"
)

// number is a float64 whose JSON is a number or, where JSON has none, the string "NaN", "Inf" or "-Inf".
type number = audit.Number

func numbers(list []float32) []number {
	n := make([]number, len(list))
	for i, v := range list {
		n[i] = number(v)
	}
	return n
}

// printJSON prints one document. Escaping for HTML is left out: the document is for programs. What a terminal would obey
// is escaped, for people look at it too.
func printJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(append(escapeJSON(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), '\n'))
	return err
}

// escapeJSON escapes what encoding/json leaves as it is and cannot be seen: marks that reverse the direction of reading,
// C1 controls. Outside of strings a document has none.
func escapeJSON(doc []byte) []byte {
	escaped := make([]byte, 0, len(doc)+1)
	for _, r := range string(doc) {
		if strconv.IsPrint(r) {
			escaped = utf8.AppendRune(escaped, r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			escaped = fmt.Appendf(escaped, `\u%04x`, unit)
		}
	}
	return escaped
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
