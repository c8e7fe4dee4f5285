package train

import (
	"fmt"

	"github.com/sonde-ml/sonde/engine/token"
	"github.com/sonde-ml/sonde/examples/pretrain/bpe"
	"github.com/sonde-ml/sonde/examples/pretrain/corpus"
	"github.com/sonde-ml/sonde/examples/pretrain/model"
)

// Stories turns a side of the corpus into batches.
type Stories struct {
	Reader  corpus.Reader
	Vocab   *token.Vocab
	Context int // most tokens of a sequence
}

// pairEvery is how often two stories stand in one sequence, so that late positions are learned too.
const pairEvery = 8

// Batch reads whole stories until they have at least the given number of tokens.
func (s *Stories) Batch(tokens int) (*model.Batch, error) {
	b := &model.Batch{}
	for len(b.Inputs) < tokens {
		sequence, err := s.next(nil)
		if err == nil && s.Reader.Number%pairEvery == 0 {
			sequence, err = s.next(sequence)
		}
		if err != nil {
			return nil, err
		}
		b.Add(sequence[:min(len(sequence), s.Context)])
	}
	return b, nil
}

// next appends the next story, between its BOS and EOS.
func (s *Stories) next(sequence []int32) ([]int32, error) {
	text := s.Reader.Next()
	ids, err := s.Vocab.Encode(text, token.EncodeOptions{BOS: token.Always, EOS: token.Always})
	if err != nil {
		return nil, fmt.Errorf("story in front of number %d: %w", s.Reader.Number, err)
	}
	if len(ids) > s.Context {
		return nil, fmt.Errorf("story in front of number %d: %d tokens, want at most %d: shorten the plot", s.Reader.Number, len(ids), s.Context)
	}
	return append(sequence, ids...), nil
}

// CountWords reads n stories and counts their words, for a tokenizer to be trained on.
func CountWords(r corpus.Reader, n int) bpe.Words {
	w := bpe.Words{}
	for range n {
		w.Add(r.Next())
	}
	return w
}
