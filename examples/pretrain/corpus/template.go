package corpus

import (
	"fmt"
	"strings"
	"unicode"
)

// template is a compiled line: its parts are told one after the other.
type template []part

// part is one of literal, slot, choice and section.
type part interface{ tell(*teller) }

type (
	literal string
	choice  []template
	section string
	slot    struct {
		name, column string // column "" is the first
		article      bool
		capital      bool
	}
)

// compile parses a line.
func compile(s string) (template, error) {
	c := &compiler{rest: s}
	t := c.template("")
	if c.err == nil && c.rest != "" {
		c.err = fmt.Errorf("unexpected %q", c.rest)
	}
	if c.err != nil {
		return nil, fmt.Errorf("%q: %w", s, c.err)
	}
	return t, nil
}

type compiler struct {
	rest string
	err  error
}

// template parses up to one of the bytes of stop, which it leaves, or to the end.
func (c *compiler) template(stop string) template {
	var t template
	for c.rest != "" && c.err == nil && strings.IndexByte(stop, c.rest[0]) < 0 {
		t = append(t, c.part(stop))
	}
	return t
}

func (c *compiler) part(stop string) part {
	switch c.rest[0] {
	case '{':
		return newSlot(c.until('}'))
	case '<':
		return section(c.until('>'))
	case '[':
		return c.choice()
	}
	end := strings.IndexAny(c.rest, "{<["+stop)
	if end < 0 {
		end = len(c.rest)
	}
	text := c.rest[:end]
	c.rest = c.rest[end:]
	return literal(text)
}

// until returns what is between the bracket at the beginning of the rest and its closing one.
func (c *compiler) until(closing byte) string {
	end := strings.IndexByte(c.rest, closing)
	if end < 0 {
		c.err = fmt.Errorf("no %q after %q", closing, c.rest)
		return ""
	}
	body := c.rest[1:end]
	c.rest = c.rest[end+1:]
	return body
}

func (c *compiler) choice() choice {
	var ways choice
	for c.err == nil {
		c.rest = c.rest[1:] // the [ or the |
		ways = append(ways, c.template("|]"))
		if c.rest == "" {
			c.err = fmt.Errorf("a [ without its ]")
		} else if c.rest[0] == ']' {
			c.rest = c.rest[1:]
			break
		}
	}
	return ways
}

// newSlot reads "toy", "a toy", "hero.he" or "he", any of them with a capital letter.
func newSlot(s string) slot {
	low := strings.ToLower(s)
	out := slot{capital: s != low}
	low, out.article = strings.CutPrefix(low, "a ")
	out.name, out.column, _ = strings.Cut(low, ".")
	switch out.name {
	case "he", "him", "his", "himself":
		out.name, out.column = "hero", out.name
	}
	return out
}

func capitalise(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}

// withArticle puts a or an before a noun. The vowels of the grammar's words are all spoken as such, but for "hour".
func withArticle(s string) string {
	if s != "" && strings.ContainsRune("aeiou", rune(s[0])) || strings.HasPrefix(s, "hour") {
		return "an " + s
	}
	return "a " + s
}
