// Package escape makes text from a file fit to be printed.
//
// A key, a tensor name or a token may contain anything: sequences that clear a terminal or write its clipboard, marks
// that reverse the direction of reading, broken UTF-8. All functions here write such characters as Go's [strconv.Quote]
// does (\x1b, \u202e, \xff) and leave what can be seen as it is. HTML is not their business: a page escapes once more.
package escape

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Longest is the number of runes after which [Quote] and [Name] cut. Names in real files are shorter.
const Longest = 80

// Quote returns s in double quotes, escaped, cut after [Longest] runes.
func Quote(s string) string {
	head, cut := shorten(s)
	return strconv.Quote(head) + cut
}

// Name returns s escaped on one line, cut after [Longest] runes.
func Name(s string) string {
	head, cut := shorten(s)
	return Text(head) + cut
}

// Text returns the whole of s escaped on one line. Quotes and backslashes stay as they are.
func Text(s string) string { return escape(s, "") }

// Lines returns the whole of s escaped, with its line ends and tabs.
func Lines(s string) string { return escape(s, "\n\t") }

func escape(s, keep string) string {
	if isPlain(s, keep) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if isShown(r, n, keep) {
			b.WriteString(s[:n])
		} else {
			quoted := strconv.Quote(s[:n])
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		s = s[n:]
	}
	return b.String()
}

func isPlain(s, keep string) bool {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isShown(r, n, keep) {
			return false
		}
		i += n
	}
	return true
}

// isShown reports whether the rune r, decoded from n bytes, is printed as it is.
func isShown(r rune, n int, keep string) bool {
	if r == utf8.RuneError && n <= 1 {
		return false
	}
	return strconv.IsPrint(r) || strings.ContainsRune(keep, r)
}

// shorten returns the first Longest runes of s, and an ellipsis if there are more.
func shorten(s string) (head, cut string) {
	runes := 0
	for i := range s {
		if runes == Longest {
			return s[:i], "…"
		}
		runes++
	}
	return s, ""
}
