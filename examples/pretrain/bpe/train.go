package bpe

import (
	"cmp"
	"maps"
	"slices"
)

// word is a word of the text as the pieces that it falls into so far.
type word struct {
	pieces []string
	count  int
}

// trainer knows the pieces found so far and what they make of every word.
type trainer struct {
	words []word
	rank  map[string]int // of a joined piece: 0 for the first
}

// Train finds a vocabulary of the given size, fewer if no pair of neighbours is left. The same counts always give the
// same vocabulary.
func Train(counts Words, size int) *Vocab {
	t := &trainer{rank: map[string]int{}}
	for _, w := range slices.Sorted(maps.Keys(counts)) {
		t.words = append(t.words, word{characters(w), counts[w]})
	}
	single := t.frequentFirst(func(w word) []string { return w.pieces })
	v := &Vocab{}
	for len(v.Joined)+len(single)+reserved < size {
		pairs := t.frequentFirst(word.neighbours)
		if len(pairs) == 0 {
			break
		}
		best := pairs[0]
		t.rank[best] = len(v.Joined)
		v.Joined = append(v.Joined, best)
		for i := range t.words {
			t.join(&t.words[i])
		}
	}
	v.Single = single
	return v
}

func characters(s string) []string {
	var out []string
	for _, r := range s {
		out = append(out, string(r))
	}
	return out
}

// neighbours lists what joining two neighbours would give.
func (w word) neighbours() []string {
	var out []string
	for i := range len(w.pieces) - 1 {
		out = append(out, w.pieces[i]+w.pieces[i+1])
	}
	return out
}

// frequentFirst lists what the words have, the most frequent first; of equals the shorter, then by text.
func (t *trainer) frequentFirst(has func(word) []string) []string {
	counts := map[string]int{}
	for _, w := range t.words {
		for _, s := range has(w) {
			counts[s] += w.count
		}
	}
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
}

// join joins neighbours of w until none make a piece: the best rank first, of equals the leftmost. That is what a
// tokenizer does from the characters on. To go on from the last state is the same, since a new piece has the worst rank.
func (t *trainer) join(w *word) {
	for {
		at, best := -1, len(t.rank)
		for i, s := range w.neighbours() {
			if rank, ok := t.rank[s]; ok && rank < best {
				at, best = i, rank
			}
		}
		if at < 0 {
			return
		}
		w.pieces[at] += w.pieces[at+1]
		w.pieces = slices.Delete(w.pieces, at+1, at+2)
	}
}
