package show

import (
	"fmt"
	"html"
	"io"
	"os"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/janpfeifer/gonb/gonbui"

	"github.com/sonde-ml/sonde/internal/escape"
)

// MaxRows is the number of rows that a [Table] shows. A notebook carries its tables, and nobody reads more.
const MaxRows = 100

// A Table is made row by row, then shown:
//
//	t := show.NewTable("tensor", "type", "shape")
//	for _, w := range m.Weights() {
//		t.Row(w.Name, w.Type, w.Shape)
//	}
//	t.Show()
type Table struct {
	head []cell
	rows [][]cell
	more int // rows beyond MaxRows
}

// A cell is text, escaped for a terminal but not for HTML.
type cell struct {
	text   string
	number bool
}

// NewTable returns an empty table with these column titles.
func NewTable(columns ...string) *Table {
	t := new(Table)
	for _, title := range columns {
		t.head = append(t.head, cell{text: escape.Text(title)})
	}
	return t
}

// Row adds a row. Floating-point numbers are rounded to four digits; everything else is printed as [fmt.Print] does.
func (t *Table) Row(values ...any) {
	if len(t.rows) == MaxRows {
		t.more++
		return
	}
	row := make([]cell, len(values))
	for i, v := range values {
		row[i] = cell{text: format(v), number: isNumber(v)}
		if i < len(t.head) && len(t.rows) == 0 {
			t.head[i].number = row[i].number
		}
	}
	t.rows = append(t.rows, row)
}

// Show displays the table, numbers to the right.
func (t *Table) Show() {
	if gonbui.IsNotebook {
		displayHTML(t.html())
	} else {
		t.print(os.Stdout)
	}
}

func (t *Table) html() string {
	var b strings.Builder
	b.WriteString("<table>\n<thead>")
	writeRow(&b, "th", t.head)
	b.WriteString("</thead>\n<tbody>\n")
	for _, row := range t.rows {
		writeRow(&b, "td", row)
		b.WriteString("\n")
	}
	b.WriteString("</tbody>\n</table>")
	if t.more > 0 {
		fmt.Fprintf(&b, "\n<p>%s</p>", t.rest())
	}
	return b.String()
}

func writeRow(b *strings.Builder, tag string, row []cell) {
	b.WriteString("<tr>")
	for _, c := range row {
		side := "left"
		if c.number {
			side = "right"
		}
		fmt.Fprintf(b, `<%s style="text-align:%s">%s</%[1]s>`, tag, side, html.EscapeString(c.text))
	}
	b.WriteString("</tr>")
}

// print writes the table as text, columns aligned.
func (t *Table) print(w io.Writer) {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range append([][]cell{t.head}, t.rows...) {
		texts := make([]string, len(row))
		for i, c := range row {
			texts[i] = c.text
		}
		fmt.Fprintln(columns, strings.Join(texts, "\t"))
	}
	columns.Flush()
	if t.more > 0 {
		fmt.Fprintln(w, t.rest())
	}
}

func (t *Table) rest() string { return fmt.Sprintf("… and %d more rows", t.more) }

func format(v any) string {
	if isNumber(v) && reflect.ValueOf(v).CanFloat() {
		return fmt.Sprintf("%.4g", v)
	}
	return escape.Text(fmt.Sprint(v))
}

// isNumber reports whether v is printed as a number: a named type with a text of its own is not.
func isNumber(v any) bool {
	switch v.(type) {
	case nil, error, fmt.Stringer, fmt.Formatter:
		return false
	}
	value := reflect.ValueOf(v)
	return value.CanInt() || value.CanUint() || value.CanFloat()
}
