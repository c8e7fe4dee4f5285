package notebook

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// book returns a notebook with one code cell that was run.
func book(t *testing.T, source string, outputs ...map[string]any) []byte {
	t.Helper()
	cell := map[string]any{"cell_type": "code", "source": source, "execution_count": 1, "outputs": outputs}
	data, err := json.Marshal(map[string]any{"cells": []any{cell}, "nbformat": 4})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func printed(text string) map[string]any {
	return map[string]any{"output_type": "stream", "name": "stdout", "text": []string{text}}
}

func shown(mime string, data any) map[string]any {
	return map[string]any{"output_type": "display_data", "data": map[string]any{mime: data}}
}

func TestCheckFindsWhatMustNotBeCommitted(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Skipf("this machine has no name: %v", err)
	}
	const source = "%%\nfmt.Println(1)"
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"failed cell", book(t, source, map[string]any{"output_type": "error", "ename": "ERROR", "evalue": "exit status 2"}), "cell 1: failed: ERROR exit status 2"},
		{"failed to compile", book(t, source, map[string]any{"output_type": "error", "traceback": []string{"Cell[1]: Line 2", "undefined: x"}}), "Line 2\nundefined: x"},
		{"nothing shown", book(t, source), "shows nothing"},
		{"nine lines", book(t, source+strings.Repeat("\nx()", 7), printed("1")), "has 9 lines: at most 8"},
		{"imports of 16 lines", book(t, "import (\n"+strings.Repeat("\"x\"\n", 14)+")", printed("1")), "has 16 lines: at most 15"},
		{"plugin of 26 lines", book(t, "%%writefile _scratch/x.go"+strings.Repeat("\nx", 25), printed("1")), "has 26 lines: at most 25"},
		{"root's folder", book(t, source, printed("open /"+"root/x.gguf: no")), `absolute path "/` + `root/x.gguf"`},
		{"path in a table", book(t, source, shown("text/html", "<td>/home/ada/m.gguf</td>")), `absolute path "/home/ada/m.gguf"`},
		{"Windows path", book(t, source, printed(`open C:\models\x`)), `absolute path "C:\\models"`},
		{"machine's name", book(t, source, printed("on "+host+"\n")), "this machine's name"},
		{"address", book(t, source, printed("at 127.0.0.1:8888")), `network address "127.0.0.1"`},
		{"script", book(t, source, shown("text/html", []string{"<div><script>", "x</script></div>"})), "element <script>"},
		{"handler", book(t, source, shown("text/html", `<td OnClick="x()">`)), `OnClick="x()"`},
		{"remote picture", book(t, source, shown("text/html", `<image href="https://x.org/y.png"/>`)), "nothing may run or be loaded"},
		{"picture of an unsafe type", book(t, source, shown("text/html", `<image href="data:image/svg+xml,x"/>`)), "nothing may run"},
		{"style that loads", book(t, source, shown("text/html", `<td style="background:url(//x/y)">`)), "nothing may run"},
		{"script in SVG", book(t, source, shown("image/svg+xml", `<svg><a xlink:href="javascript:x">y</a></svg>`)), "nothing may run"},
		{"broken HTML", book(t, source, shown("text/html", `<table`)), "cannot be read"},
		{"JavaScript", book(t, source, shown("application/javascript", "x")), `type "application/javascript"`},
		{"JSON", book(t, source, shown("application/json", map[string]any{"a": 1})), `type "application/json"`},
		{"HTML in Markdown", book(t, source, shown("text/markdown", "a <b onclick=x>")), "Markdown with HTML"},
		{"picture in Markdown", book(t, source, shown("text/markdown", "![x](http://y)")), "a picture that is loaded"},
		{"link in Markdown", book(t, source, shown("text/markdown", "[x]( JavaScript:y)")), "a link that runs"},
		{"never run", []byte(`{"cells":[{"cell_type":"code","source":["x"],"execution_count":null}]}`), "was not run"},
		{"raw cell", []byte(`{"cells":[{"cell_type":"raw","source":"x"}]}`), `type "raw"`},
		{"active text", []byte(`{"cells":[{"cell_type":"markdown","source":"<script>"}]}`), "Markdown with HTML"},
		{"two cells of imports", []byte(`{"cells":[{"cell_type":"code","source":"import \"a\"","execution_count":1},{"cell_type":"code","source":"import \"b\"","execution_count":2}]}`), "2 cells begin with import"},
		{"no notebook", []byte(`{"cells":`), "not a notebook"},
		{"format 3", []byte(`{"worksheets":[]}`), "not a notebook in format 4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := Check("x.ipynb", tt.data)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "x.ipynb: ") {
				t.Errorf("Check = %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestCheckAcceptsWhatNotebooksHave(t *testing.T) {
	for _, tt := range []struct {
		name string
		data []byte
	}{
		{"eight lines", book(t, "%%"+strings.Repeat("\nx()", 7)+"\n\n", printed("1"))},
		{"imports show nothing", book(t, "import (\n\"fmt\"\n)")},
		{"plugin", book(t, "%%writefile _scratch/x.go"+strings.Repeat("\nx", 24))},
		{"numbers", book(t, "x", printed("12.5 tokens/s, 1/2, v1.2.3, blk.0/attn, <|end|>, 3 / 4, Q4_K/Q6_K\n"))},
		{"relative path", book(t, "x", printed("../models/x.gguf out/x.png ./a/b\n"))},
		{"picture", book(t, "x", shown("image/png", "/9j/4AAQ/onclick/abc="))},
		{"table", book(t, "x", shown("text/html", `<table><tr><td style="text-align:left">&lt;script&gt;<br>&nbsp;</td></tr></table>`))},
		{"progress", book(t, "x", shown("text/html", `<progress value="1" max="2"></progress> x`))},
		{"SVG", book(t, "x", shown("text/html", `<div><?xml version="1.0"?><!-- made --><svg xmlns="http://www.w3.org/2000/svg"><clipPath id="a"/>`+
			`<g clip-path="url(#a)"><use xlink:href="#b"/><image href="data:image/png;base64,AA=="/></g></svg></div>`))},
		{"Markdown", book(t, "x", shown("text/markdown", "*a* `<b>` a < b, [x](https://go.dev) $x^2$\n```\n<i>\n```"))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := Check("x.ipynb", tt.data); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCheckReportsEverything(t *testing.T) {
	err := Check("x.ipynb", book(t, "x", printed("at /home/a/b"), shown("text/html", `<script src="x">`)))
	if got, want := strings.Count(err.Error(), "x.ipynb: cell 1: "), 3; got != want {
		t.Errorf("%d problems, want %d:\n%v", got, want, err)
	}
}
