package show

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// hostile is text as a file may hold it: HTML, Markdown, formulas, a terminal's commands, broken UTF-8.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</td></table><iframe src=//x>`, `&lt;b&gt;`,
	"\x1b]0;title\a", "a\u202eb", "\xff\xfe", `$\href{javascript:x}{y}$`, "](javascript:x)", "![](http://x/y.png)",
}

func TestTablesHoldHostileTextAsText(t *testing.T) {
	for _, s := range hostile {
		table := NewTable("name", s)
		table.Row(s, 1)
		elements, text := readHTML(t, table.html())
		if got, want := strings.Join(elements, " "), "table thead tr th th tbody tr td td"; got != want {
			t.Errorf("%q: elements = %s, want %s", s, got, want)
		}
		if want := format(s); strings.Count(text, want) != 2 {
			t.Errorf("%q: text = %q, want %q in it twice", s, text, want)
		}
	}
}

// readHTML returns the names of the elements in order, and the text.
func readHTML(t *testing.T, page string) (elements []string, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return elements, text
		}
		if err != nil {
			t.Fatalf("%v in %q", err, page)
		}
		switch token := token.(type) {
		case xml.StartElement:
			elements = append(elements, token.Name.Local)
		case xml.CharData:
			text += string(token)
		}
	}
}

func TestMarkdownArgumentsAreText(t *testing.T) {
	for _, s := range hostile {
		got := escapeMarkdown(s)
		if strings.ContainsAny(got, "<>$") || strings.Contains(got, "](") {
			t.Errorf("escapeMarkdown(%q) = %s, which Markdown would interpret", s, got)
		}
	}
}

func TestLongTablesAreCut(t *testing.T) {
	table := NewTable("i")
	for i := range MaxRows + 7 {
		table.Row(i)
	}
	var out bytes.Buffer
	table.print(&out)
	if got, want := strings.Count(out.String(), "\n"), MaxRows+2; got != want {
		t.Errorf("%d lines, want %d: titles, %d rows, the rest", got, want, MaxRows)
	}
	if want := "… and 7 more rows"; !strings.Contains(out.String(), want) || !strings.Contains(table.html(), want) {
		t.Errorf("no %q", want)
	}
}

func TestNumbersAreNumbers(t *testing.T) {
	for _, tt := range []struct {
		name   string
		value  any
		text   string
		number bool
	}{
		{"integer", int64(-12345678), "-12345678", true},
		{"byte", byte(7), "7", true},
		{"single precision", float32(1) / 3, "0.3333", true},
		{"small", 1.0 / 3e20, "3.333e-21", true},
		{"named number with a text", os.ModeDir, "d---------", false},
		{"text", "12", "12", false},
		{"nothing", nil, "<nil>", false},
		{"error", io.EOF, "EOF", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := format(tt.value); got != tt.text {
				t.Errorf("format = %q, want %q", got, tt.text)
			}
			if got := isNumber(tt.value); got != tt.number {
				t.Errorf("isNumber = %v, want %v", got, tt.number)
			}
		})
	}
}

func TestSVGIsCutOutOfItsDocument(t *testing.T) {
	const document = "<?xml version=\"1.0\"?>\n<!-- made by x -->\n<svg width=\"1\"></svg>\n"
	if got, want := string(element([]byte(document))), "<svg width=\"1\"></svg>\n"; got != want {
		t.Errorf("element = %q, want %q", got, want)
	}
	if got, want := string(element([]byte("<svg/>"))), "<svg/>"; got != want {
		t.Errorf("element = %q, want %q", got, want)
	}
}

// asCell is set where this test is run as a program, as a cell is.
const asCell = "SONDE_TEST_CELL"

func TestMain(m *testing.M) {
	if os.Getenv(asCell) == "" {
		os.Exit(m.Run())
	}
	beCell()
}

// runAsCell prepares to run beCell as a program of its own.
func runAsCell(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), append(env, asCell+"=1")...)
	return cmd
}

type picture string

func (p picture) PNG() ([]byte, error) { return []byte(p), nil }
func (p picture) SVG() ([]byte, error) { return []byte("<?xml?><svg>" + p + "</svg>"), nil }

// beCell uses everything once, then fails with two problems.
func beCell() {
	Figure(picture("png"))
	SVG(picture("s"), nil)
	Markdown("*%s*", "<x>")
	table := NewTable("a")
	table.Row(1)
	table.Show()
	for range 2 {
		bar := NewProgress("b", 4)
		bar.Add(4)
		bar.Close()
	}
	Figure(picture("never"), errors.Join(errors.New("one"), errors.New("two\x1b[2J")))
}

func TestErrorsEndTheCell(t *testing.T) {
	cmd := runAsCell(t)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if got, want := cmd.ProcessState.ExitCode(), statusError; got != want {
		t.Errorf("exit status %d (%v), want %d", got, err, want)
	}
	if got, want := stderr.String(), "sonde: one\nsonde: two\\x1b[2J\n"; got != want {
		t.Errorf("standard error = %q, want %q", got, want)
	}
	if got, want := strings.Count(string(out), "figure"), 2; got != want {
		t.Errorf("%d figures on standard output, want %d:\n%s", got, want, out)
	}
}
