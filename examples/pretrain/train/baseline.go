package train

import (
	"math"

	"github.com/sonde-ml/sonde/examples/pretrain/model"
)

// Baseline predicts a token from the one before it (bigram), or from nothing (unigram), by how often it was seen: what
// a model must be far better than before it has learned anything about stories.
type Baseline struct {
	vocab int
	seen  float64
	ones  []float64 // [vocab]
	pairs []float64 // [vocab, vocab], the token before first
}

// NewBaseline counts the tokens of a batch.
func NewBaseline(vocab int, b *model.Batch) *Baseline {
	l := &Baseline{vocab: vocab, ones: make([]float64, vocab), pairs: make([]float64, vocab*vocab)}
	for i, next := range b.Targets {
		l.seen++
		l.ones[next]++
		l.pairs[int(b.Inputs[i])*vocab+int(next)]++
	}
	return l
}

// Unigram returns the loss per token without context, in nats. One is added to each count, so that none is 0.
func (l *Baseline) Unigram(b *model.Batch) float64 {
	var sum float64
	for _, next := range b.Targets {
		sum -= math.Log(l.one(next))
	}
	return sum / float64(len(b.Targets))
}

// Bigram returns the loss per token, given the one before it. A row that was seen n times counts n parts against one
// part of the unigram.
func (l *Baseline) Bigram(b *model.Batch) float64 {
	var sum float64
	for i, next := range b.Targets {
		row := l.pairs[int(b.Inputs[i])*l.vocab:][:l.vocab]
		var n float64
		for _, c := range row {
			n += c
		}
		sum -= math.Log((row[next] + l.one(next)) / (n + 1))
	}
	return sum / float64(len(b.Targets))
}

func (l *Baseline) one(id int32) float64 { return (l.ones[id] + 1) / (l.seen + float64(l.vocab)) }
