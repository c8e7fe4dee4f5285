package bpe

import "strings"

// space is what pieces have in place of a space.
const space = "▁"

// Words counts words. A line break is no part of a word: it stays a byte.
type Words map[string]int

// Add counts the words of a text as a tokenizer sees them: with a space in front of the text.
func (w Words) Add(text string) {
	for i, line := range strings.Split(text, "\n") {
		if i == 0 {
			line = " " + line
		}
		for i, word := range strings.Split(line, " ") {
			if i > 0 {
				word = space + word
			}
			if word != "" {
				w[word]++
			}
		}
	}
}
