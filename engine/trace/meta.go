package trace

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// parseMeta reads what the metadata says of the run. All of it may be missing; what is there must be well formed.
func (t *Trace) parseMeta() error {
	ops, aliases := map[string]string{}, map[string]Aliases{}
	var order []string
	var batches [][]int32
	var tokens, positions []int32
	for key, into := range map[string]any{
		"ops": &ops, "aliases": &aliases, "order": &order, "batches": &batches, "tokens": &tokens, "positions": &positions,
	} {
		text, ok := t.Meta[key]
		if !ok {
			continue
		}
		if err := json.Unmarshal([]byte(text), into); err != nil {
			return &Error{t.Name, "__metadata__." + key, fmt.Sprintf("the JSON is broken: %v", err), "JSON as in the package's description"}
		}
	}
	t.sortBy(order)
	for _, e := range t.Entries {
		e.Op = ops[e.Key]
		e.Aliases = aliases[e.Base()]
	}
	if batches == nil && tokens != nil {
		batches = [][]int32{tokens}
	}
	t.cutBatches(batches, positions)
	return t.nameOps()
}

// sortBy brings the entries into the order of keys; others follow in the order of the header.
func (t *Trace) sortBy(keys []string) {
	rank := make(map[string]int, len(keys))
	for i, key := range keys {
		rank[key] = i + 1
	}
	slices.SortStableFunc(t.Entries, func(a, b *Entry) int {
		ra, rb := rank[a.Key], rank[b.Key]
		if ra == 0 || rb == 0 {
			return rb - ra
		}
		return ra - rb
	})
}

// cutBatches deals the positions out to the batches. Without positions, tokens are counted from 0.
func (t *Trace) cutBatches(batches [][]int32, positions []int32) {
	next := 0
	for _, ids := range batches {
		b := Batch{Tokens: ids}
		for range ids {
			pos := int32(next)
			if next < len(positions) {
				pos = positions[next]
			}
			b.Positions = append(b.Positions, pos)
			next++
		}
		t.Batches = append(t.Batches, b)
	}
}

// Tokens returns the ids of all batches.
func (t *Trace) Tokens() []int32 {
	var ids []int32
	for _, b := range t.Batches {
		ids = append(ids, b.Tokens...)
	}
	return ids
}

// Conditions says in one line under which the run was made.
func (t *Trace) Conditions() string {
	var words []string
	for _, key := range []string{"model", "numerics", "kv", "flash_attn", "weights_decoded"} {
		if v := t.Meta[key]; v != "" {
			words = append(words, key+" "+v)
		}
	}
	return strings.Join(words, ", ")
}

// Ops returns the number of different ops that the trace holds: tensors less repetitions in further batches.
func (t *Trace) Ops() int {
	n := 0
	for _, e := range t.Entries {
		if e.Batch() == 0 {
			n++
		}
	}
	return n
}
