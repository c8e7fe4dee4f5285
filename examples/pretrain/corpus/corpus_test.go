package corpus

import (
	"strings"
	"testing"
	"testing/fstest"
)

func open(t *testing.T, seed uint64) *Corpus {
	t.Helper()
	c, err := New(seed)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSameSeedSameStories(t *testing.T) {
	a, b, other := open(t, 1), open(t, 1), open(t, 2)
	alike := 0
	for i := range uint64(200) {
		if a.Story(i) != b.Story(i) {
			t.Fatalf("story %d differs from itself", i)
		}
		if a.Story(i) == other.Story(i) {
			alike++
		}
	}
	if alike > 2 {
		t.Errorf("got %d of 200 stories alike with another seed, want none or nearly none", alike)
	}
}

func TestStoriesAreManyAndOfOneSide(t *testing.T) {
	c := open(t, 1)
	if got := c.Plots(); got < 12 {
		t.Errorf("got %d plots, want at least 12", got)
	}
	training, held := map[string]bool{}, map[string]bool{}
	r := Reader{Corpus: c}
	for range 30000 {
		training[r.Next()] = true
	}
	if got := len(training); got < 29900 {
		t.Errorf("got %d distinct stories of 30000, want at least 29900", got)
	}
	r = Reader{Corpus: c, HeldOut: true}
	for range 300 {
		s := r.Next()
		held[s] = true
		if training[s] {
			t.Errorf("a story is on both sides:\n%s", s)
		}
	}
}

func TestStoriesAreWellFormed(t *testing.T) {
	c := open(t, 3)
	for i := range uint64(5000) {
		s := c.Story(i)
		if n := len(strings.Fields(s)); n < 40 || n > 220 {
			t.Errorf("story %d has %d words, want 40 to 220:\n%s", i, n, s)
		}
		for _, bad := range []string{"  ", " .", " ,", "..", ".,", "{", "}", "<", ">", "[", "]", "|", " \n", "\n ", " a a", " a e", " a o", " a u"} {
			if strings.Contains(s, bad) {
				t.Errorf("story %d has %q:\n%s", i, bad, s)
			}
		}
		if strings.Count(s, `"`)%2 != 0 {
			t.Errorf("story %d has an open quotation:\n%s", i, s)
		}
		if last := s[len(s)-1]; !strings.ContainsRune(`.!?"`, rune(last)) {
			t.Errorf("story %d ends with %q:\n%s", i, last, s)
		}
	}
}

func TestMistakesInTheGrammarAreAllReported(t *testing.T) {
	fsys := fstest.MapFS{
		"plots/common.txt": {Data: []byte("table child: name\n  Ann\n")},
		"plots/bad.txt":    {Data: []byte("cast: hero=child toy\n\nstory:\n  {hero.shoe} <nowhere> {who}\n")},
	}
	_, err := load(fsys)
	for _, want := range []string{"no table toy", "no column shoe", "<nowhere>", "{who}"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want it to name %s", err, want)
		}
	}
	fsys["plots/bad.txt"] = &fstest.MapFile{Data: []byte("  lost\nstory:\n  [a|b\nno heading\n")}
	_, err = load(fsys)
	for _, want := range []string{"bad.txt:1:", "bad.txt:3:", "bad.txt:4:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want it to name %s", err, want)
		}
	}
}
