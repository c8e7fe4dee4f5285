package show

import (
	"fmt"
	"strings"

	"github.com/janpfeifer/gonb/gonbui"

	"github.com/sonde-ml/sonde/internal/escape"
)

// Markdown displays text in Markdown. With arguments, format is that of [fmt.Printf]; they are text, not Markdown:
// what a name or a token holds is shown, never interpreted.
func Markdown(format string, args ...any) {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, plain(args)...)
	}
	if !gonbui.IsNotebook {
		fmt.Println(text)
		return
	}
	display(func() { gonbui.DisplayMarkdown(text) })
}

// plain returns the arguments with all but numbers as text that Markdown leaves alone.
func plain(args []any) []any {
	out := make([]any, len(args))
	for i, arg := range args {
		if isNumber(arg) {
			out[i] = arg
		} else {
			out[i] = escapeMarkdown(fmt.Sprint(arg))
		}
	}
	return out
}

// escapeMarkdown writes Markdown's marks as themselves. Entities stand where a backslash would not do in every
// renderer: HTML, which Markdown lets through, and formulas, which Jupyter finds before it looks for backslashes.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range escape.Text(s) {
		switch {
		case strings.ContainsRune("<>&$", r):
			fmt.Fprintf(&b, "&#%d;", r)
		case strings.ContainsRune("\\`*_{}[]()#+-.!|~", r):
			b.WriteRune('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
