package nn

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Selector says which points of a pass are meant. It is a string,
//
//	"blk.3.attn_norm"        a name
//	"blk.*.attn_norm"        a glob, as in path.Match
//	"blk.3-7.ffn_*"          a range of blocks
//	"kind:rms_norm"          all ops of a kind
//	"attn_norm-3", …         a name in llama.cpp, Hugging Face's transformers or TransformerLens
//
// or a func(Point) bool. A selector that selects nothing is an error: a hook that silently never
// runs is the worst mistake that a probe can make.
type Selector any

// NoMatchError says that a selector selects no point.
type NoMatchError struct {
	Selector string
	Nearest  []string // names that are spelled alike
}

func (e *NoMatchError) Error() string {
	msg := fmt.Sprintf("selector %q matches no op", e.Selector)
	if len(e.Nearest) > 0 {
		msg += "; the nearest names are " + strings.Join(e.Nearest, ", ")
	}
	return msg
}

// Select returns the indices of the points that sel selects, in order.
func Select(points []Point, sel Selector) ([]int, error) {
	switch sel := sel.(type) {
	case string:
		return selectString(points, sel)
	case func(Point) bool:
		found := indices(points, func(p *Point) bool { return sel(*p) })
		if len(found) == 0 {
			return nil, &NoMatchError{Selector: "func(nn.Point) bool"}
		}
		return found, nil
	}
	return nil, fmt.Errorf("a selector is a string or a func(nn.Point) bool, not %T", sel)
}

func selectString(points []Point, sel string) ([]int, error) {
	match, err := matcher(sel)
	if err != nil {
		return nil, err
	}
	if found := indices(points, match); len(found) > 0 {
		return found, nil
	}
	for i := range points {
		if err := points[i].different(sel); err != nil {
			return nil, err
		}
	}
	return nil, &NoMatchError{sel, nearest(points, sel)}
}

// matcher compiles a selector string.
func matcher(sel string) (func(*Point) bool, error) {
	if kind, ok := strings.CutPrefix(sel, "kind:"); ok {
		return func(p *Point) bool { return matches(kind, string(p.Kind)) }, validGlob(sel, kind)
	}
	if first, last, rest, ok := blockRange(sel); ok {
		if first > last {
			return nil, fmt.Errorf("selector %q: the range of blocks %d-%d is empty", sel, first, last)
		}
		return func(p *Point) bool {
			return p.Layer >= first && p.Layer <= last && matches(rest, p.short)
		}, validGlob(sel, rest)
	}
	return func(p *Point) bool {
		return matches(sel, p.Name) || slices.ContainsFunc(p.Aliases.All(), func(alias string) bool {
			return matches(fullHF(sel), alias)
		})
	}, validGlob(sel, sel)
}

// fullHF completes a module's name of transformers, which is often written without the model around it.
func fullHF(sel string) string {
	if strings.HasPrefix(sel, "layers.") {
		return "model." + sel
	}
	return sel
}

func matches(glob, name string) bool {
	if glob == name {
		return true
	}
	ok, _ := path.Match(glob, name) // validGlob has seen the error
	return ok
}

func validGlob(sel, glob string) error {
	if _, err := path.Match(glob, ""); errors.Is(err, path.ErrBadPattern) {
		return fmt.Errorf("selector %q: the pattern is not well formed (see path.Match)", sel)
	}
	return nil
}

// blockRange takes "blk.3-7.ffn_*" apart.
func blockRange(sel string) (first, last int, rest string, ok bool) {
	tail, isBlock := strings.CutPrefix(sel, "blk.")
	span, rest, hasRest := strings.Cut(tail, ".")
	from, to, isRange := strings.Cut(span, "-")
	first, err1 := strconv.Atoi(from)
	last, err2 := strconv.Atoi(to)
	return first, last, rest, isBlock && hasRest && isRange && err1 == nil && err2 == nil
}

func indices(points []Point, match func(*Point) bool) []int {
	var found []int
	for i := range points {
		if match(&points[i]) {
			found = append(found, i)
		}
	}
	return found
}

// nearest returns the names of points, or aliases, that are spelled most like sel.
func nearest(points []Point, sel string) []string {
	var names []string
	for i := range points {
		names = append(append(names, points[i].Name), points[i].Aliases.All()...)
		if strings.HasPrefix(sel, "kind:") {
			names = append(names, "kind:"+string(points[i].Kind))
		}
	}
	return Nearest(sel, names)
}

// Nearest returns the few of names that are spelled most like name, the nearest first.
func Nearest(name string, names []string) []string {
	slices.SortStableFunc(names, func(a, b string) int { return distance(name, a) - distance(name, b) })
	var found []string
	for _, n := range names {
		if len(found) == 5 || len(found) > 0 && distance(name, n) > len(name)/2+2 {
			break
		}
		if !slices.Contains(found, n) {
			found = append(found, n)
		}
	}
	return found
}

// distance is the number of letters to insert, delete or change to turn a into b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
