package plotting

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTokenLabels(t *testing.T) {
	tests := []struct{ token, want string }{
		{" Once", "·Once"},
		{"  ", "··"},
		{"\n", `\n`},
		{"\x1b[0m", `\x1b[0m`},
		{"\xe4\xbd", `\xe4\xbd`},
		{"你", `\u4f60`},
		{"\u202etxt", `\u202etxt`},
		{"naïve Ж", "naïve·Ж"},
		{"\U0001F600", `\U0001f600`},
		{"incomprehensibilities", "incomprehen…"},
		{`a\b'"<`, `a\b'"<`},
		{"", ""},
	}
	for _, tt := range tests {
		if got := tokenLabel(tt.token, 12); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.token, got, tt.want)
		}
	}
}

func TestWrappedLinesFit(t *testing.T) {
	style := styled(noteSize, inkColor())
	const width = 120
	words := "200,000 weights · rms 0.0225 · mean 2.49e−5 · " + strings.Repeat("long", 50) + " · min −0.36"
	lines := wrap(style, words, width)
	if len(lines) < 3 {
		t.Errorf("got %d lines, want several", len(lines))
	}
	for _, line := range lines {
		if w := style.Width(line); w > width {
			t.Errorf("%q is %.0f pt wide, want at most %d", line, w, width)
		}
	}
	if got := wrap(style, "", width); len(got) != 0 {
		t.Errorf("got %q of nothing, want no line", got)
	}
}

func TestExponentsAreRaised(t *testing.T) {
	style := styled(tickSize, inkColor())
	plain, raised := style.Width("10−6"), style.Width("10"+string(raise)+"−6")
	if raised >= plain || raised <= style.Width("10") {
		t.Errorf("10⁻⁶ is %.1f pt wide, want less than the %.1f of 10−6 and more than 10", raised, plain)
	}
}

func FuzzLabelsAreValidText(f *testing.F) {
	f.Add(nasty)
	f.Add("blk.0.attn_q")
	f.Fuzz(func(t *testing.T, s string) {
		got := tokenLabel(s, 20)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 20 || strings.ContainsAny(got, "\x00\x1b\n\u202e") {
			t.Errorf("%q became %q", s, got)
		}
	})
}
