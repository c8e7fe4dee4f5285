package escape

import (
	"fmt"
	"strings"
	"testing"
)

func TestEscapers(t *testing.T) {
	for _, tt := range []struct{ name, in, quote, text, lines string }{
		{"plain", "blk.0.attn_q.weight", `"blk.0.attn_q.weight"`, "blk.0.attn_q.weight", "blk.0.attn_q.weight"},
		{"letters", "schlüssel 語", `"schlüssel 語"`, "schlüssel 語", "schlüssel 語"},
		{"terminal title", "\x1b]0;x\a", `"\x1b]0;x\a"`, `\x1b]0;x\a`, `\x1b]0;x\a`},
		{"C1 control", "\u009b2J", `"\u009b2J"`, `\u009b2J`, `\u009b2J`},
		{"DEL", "a\x7f", `"a\x7f"`, `a\x7f`, `a\x7f`},
		{"bidi", "a\u202eb\u2066", `"a\u202eb\u2066"`, `a\u202eb\u2066`, `a\u202eb\u2066`},
		{"not UTF-8", "a\xffb", `"a\xffb"`, `a\xffb`, `a\xffb`},
		{"replacement character", "\ufffd", `"` + "\ufffd" + `"`, "\ufffd", "\ufffd"},
		{"quotes", `C:\a "b"`, `"C:\\a \"b\""`, `C:\a "b"`, `C:\a "b"`},
		{"line ends", "a\n\tb\r", `"a\n\tb\r"`, `a\n\tb\r`, "a\n\tb" + `\r`},
		{"empty", "", `""`, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Quote(tt.in); got != tt.quote {
				t.Errorf("Quote = %s, want %s", got, tt.quote)
			}
			if got := Text(tt.in); got != tt.text {
				t.Errorf("Text = %s, want %s", got, tt.text)
			}
			if got := Lines(tt.in); got != tt.lines {
				t.Errorf("Lines = %q, want %q", got, tt.lines)
			}
		})
	}
}

func TestLongNamesAreCut(t *testing.T) {
	long := strings.Repeat("é", Longest)
	if got, want := Quote(long), `"`+long+`"`; got != want {
		t.Errorf("Quote of %d runes = %s, want %s", Longest, got, want)
	}
	if got, want := Quote(long+"\x1b"), `"`+long+`"…`; got != want {
		t.Errorf("Quote of more = %s, want %s", got, want)
	}
	if got, want := Name(long+"x"), long+"…"; got != want {
		t.Errorf("Name = %s, want %s", got, want)
	}
	if got := Text(long + long); got != long+long {
		t.Errorf("Text cuts to %q", got)
	}
}

func ExampleQuote() {
	fmt.Println(Quote("\x1b[2Jx.weight"))
	// Output: "\x1b[2Jx.weight"
}
