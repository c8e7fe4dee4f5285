package corpus

import (
	"math/rand/v2"
	"strings"
)

// teller tells one story.
type teller struct {
	plot *plot
	rand *rand.Rand
	cast map[string]member
	out  strings.Builder
}

// member is what a slot is in this story.
type member struct {
	table *table
	row   int
}

func (p *plot) tell(r *rand.Rand) string {
	t := &teller{plot: p, rand: r, cast: map[string]member{}}
	for _, role := range p.cast {
		t.draw(role)
	}
	section("story").tell(t)
	return t.out.String()
}

// draw fills a slot. Two members of the cast never share a pronoun, so that "he" is always one of them only.
func (t *teller) draw(r role) {
	m := member{table: t.plot.tables[r.table]}
	for {
		m.row = t.rand.IntN(len(m.table.rows))
		if !t.pronounTaken(m) {
			break
		}
	}
	t.cast[r.slot] = m
}

func (t *teller) pronounTaken(m member) bool {
	mine := m.pronoun()
	for _, other := range t.cast {
		if mine != "" && other.pronoun() == mine {
			return true
		}
	}
	return false
}

// pronoun returns "he" or "she", "" for what is no person.
func (m member) pronoun() string {
	i := m.table.column("he")
	if i < 0 {
		return ""
	}
	word, _ := m.table.rows[m.row][i][0].(literal)
	return string(word)
}

func (t template) tell(to *teller) {
	for _, p := range t {
		p.tell(to)
	}
}

func (s literal) tell(t *teller) { t.out.WriteString(string(s)) }

func (c choice) tell(t *teller) { c[t.rand.IntN(len(c))].tell(t) }

func (s section) tell(t *teller) { choice(t.plot.sections[string(s)]).tell(t) }

func (s slot) tell(t *teller) {
	words := t.words(s)
	if s.article {
		words = withArticle(words)
	}
	if s.capital {
		words = capitalise(words)
	}
	t.out.WriteString(words)
}

// words tells a slot's cell, which may have slots itself, apart from the story.
func (t *teller) words(s slot) string {
	m := t.cast[s.name]
	column := 0
	if s.column != "" {
		column = m.table.column(s.column)
	}
	aside := &teller{plot: t.plot, rand: t.rand, cast: t.cast}
	m.table.rows[m.row][column].tell(aside)
	return aside.out.String()
}
