package sample

import (
	"errors"
	"fmt"
	"math"
)

// ErrBadOption is the kind of all errors about [Options].
var ErrBadOption = errors.New("bad sampling option")

// Options says how to choose. The zero value is greedy.
type Options struct {
	Temp float32 // divides the logits: below 1 is bolder, above 1 wilder; 0 or less is greedy
	TopK int     // keep the TopK greatest logits; 0 or less keeps all
	TopP float32 // keep the fewest tokens whose probabilities sum to TopP; 1 or more keeps all
	MinP float32 // keep the tokens at least MinP times as probable as the best; 0 or less keeps all

	// Seed starts the generator. llama.cpp's seeds have 32 bits, and those give its draws (except 0xFFFFFFFF, which
	// it replaces by a random one); the upper half of a longer seed is folded into the lower.
	Seed uint64
}

// Defaults returns llama.cpp's: temperature 0.8, top-k 40, top-p 0.95, min-p 0.05, and the seed 0.
func Defaults() Options { return Options{Temp: 0.8, TopK: 40, TopP: 0.95, MinP: 0.05} }

func (o Options) check() error {
	var problems []error
	for _, f := range []struct {
		name  string
		value float32
	}{{"Temp", o.Temp}, {"TopP", o.TopP}, {"MinP", o.MinP}} {
		if f.value != f.value {
			problems = append(problems, fmt.Errorf("%w: %s is NaN, want a number", ErrBadOption, f.name))
		}
	}
	return errors.Join(problems...)
}

// Sampler chooses ids with one set of options. It holds the state of a generator, so one Sampler serves one sequence
// and one goroutine.
type Sampler struct {
	options Options
	random  mt19937

	all, nucleus candidates // memory that is used again for each position
}

// New returns a sampler whose generator is seeded. The error is an [ErrBadOption].
func New(o Options) (*Sampler, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	s := &Sampler{options: o}
	s.random.seed(uint32(o.Seed) ^ uint32(o.Seed>>32))
	return s, nil
}

// Sample chooses from the logits [vocabulary] of one position. The margin is the largest logit minus the second
// largest, whichever is chosen: where it is smaller than the error of the arithmetic, another engine may well choose
// another token. It is +Inf where one logit alone is finite, and NaN where none is.
func (s *Sampler) Sample(logits []float32) (id int32, margin float32) {
	id, margin = Greedy(logits)
	if s.options.Temp <= 0 || margin != margin {
		return id, margin
	}
	return s.draw(s.filter(logits)), margin
}

// Greedy chooses the largest of the logits [vocabulary], the first of equals; the margin is as for [Sampler.Sample].
func Greedy(logits []float32) (id int32, margin float32) {
	best, second := math.Inf(-1), math.Inf(-1)
	for i, l := range logits {
		if v := float64(l); v > second && v <= math.MaxFloat32 {
			if v > best {
				best, second, id = v, best, int32(i)
			} else {
				second = v
			}
		}
	}
	if math.IsInf(best, -1) {
		return 0, float32(math.NaN())
	}
	return id, float32(best - second)
}

// draw chooses among the candidates with the probabilities of their logits over the temperature. A single candidate
// costs no random number, as in llama.cpp.
func (s *Sampler) draw(from candidates) int32 {
	scaledMax := from.max() / s.options.Temp
	if len(from) == 1 || math.IsInf(float64(scaledMax), 0) { // a temperature so small that only the best is left
		return from.best()
	}
	var sum float64
	for i, c := range from {
		weight := exp(c.logit/s.options.Temp - scaledMax)
		from[i].logit = weight
		sum += float64(weight)
	}
	target, running := s.random.float64()*sum, 0.0
	for _, c := range from {
		if running += float64(c.logit); running >= target {
			return c.id
		}
	}
	return from[len(from)-1].id
}

func exp(x float32) float32 { return float32(math.Exp(float64(x))) }
