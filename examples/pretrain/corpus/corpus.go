package corpus

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
)

// Corpus is an endless, numbered series of stories. It is read-only and may be shared.
type Corpus struct {
	seed  uint64
	plots []*plot
}

// New reads the grammar. The error joins everything that is wrong with it.
func New(seed uint64) (*Corpus, error) {
	plots, err := load(files)
	if err != nil {
		return nil, err
	}
	return &Corpus{seed, plots}, nil
}

// Story tells story number i.
func (c *Corpus) Story(i uint64) string {
	r := rand.New(rand.NewPCG(c.seed, i))
	return c.plots[r.IntN(len(c.plots))].tell(r)
}

// Fingerprint tells grammars apart: it is another one as soon as a letter of a plot is another one.
func (c *Corpus) Fingerprint() string {
	h := fnv.New64a()
	for _, p := range c.plots {
		h.Write(p.source)
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// Plots returns how many plots there are.
func (c *Corpus) Plots() int { return len(c.plots) }

// heldOutOf is how many stories there are for one that is held out.
const heldOutOf = 64

// HeldOut reports whether a story is kept from training. Its own text decides, so a story cannot be on both sides,
// however often it is told.
func HeldOut(story string) bool {
	h := fnv.New64a()
	h.Write([]byte(story))
	return h.Sum64()%heldOutOf == 0
}

// Reader reads one side of a corpus, story by story.
type Reader struct {
	Corpus  *Corpus
	HeldOut bool
	Number  uint64 // of the next story to look at; all that has to be saved to go on later
}

// Next returns the next story of the reader's side.
func (r *Reader) Next() string {
	for {
		s := r.Corpus.Story(r.Number)
		r.Number++
		if HeldOut(s) == r.HeldOut {
			return s
		}
	}
}
