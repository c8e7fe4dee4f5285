package token

import (
	"fmt"
	"math"
	"slices"

	"github.com/sonde-ml/sonde/gguf"
)

// role is the purpose of a token that the metadata names by its id.
type role int

const (
	bos role = iota
	eos
	eot
	eom
	unknownText
	separator
	padding
	mask
	fimPrefix
	fimSuffix
	fimMiddle
	fimPad
	fimRepo
	fimFile
	roles
)

// roleKeys has the keys of each role, less keyPrefix and "_token_id"; the first that a file has counts.
var roleKeys = [roles][]string{
	bos: {"bos"}, eos: {"eos"}, eot: {"eot"}, eom: {"eom"}, unknownText: {"unknown"},
	separator: {"seperator"}, // sic
	padding:   {"padding"}, mask: {"mask"},
	fimPrefix: {"fim_pre", "prefix"}, fimSuffix: {"fim_suf", "suffix"}, fimMiddle: {"fim_mid", "middle"},
	fimPad: {"fim_pad"}, fimRepo: {"fim_rep"}, fimFile: {"fim_sep"},
}

func (h *header) id(r role) (int32, bool) { return h.ids[r], h.ids[r] != none }

// ids reads the ids of the special tokens; a default counts where the vocabulary reaches so far.
func (r *reader) ids(h *header) {
	n := int64(h.tokens.Len())
	if h.tokens.Type() != gguf.TypeArray {
		return // without a vocabulary every id would be outside of it
	}
	if h.kind.coder != nil {
		d := h.kind.defaults
		for which, id := range map[role]int32{bos: d.bos, eos: d.eos, unknownText: d.unknown} {
			if int64(id) < n {
				h.ids[which] = id
			}
		}
	}
	for i, names := range roleKeys {
		at := slices.IndexFunc(names, func(name string) bool { return r.has(idKey(name)) })
		if at >= 0 {
			r.id(h, role(i), idKey(names[at]), n)
		}
	}
	h.namesUnknown = r.has(idKey("unknown"))
}

func idKey(name string) string { return keyPrefix + name + "_token_id" }

// absent is the id by which writers say that there is no such token.
const absent = math.MaxUint32

func (r *reader) id(h *header, which role, key string, n int64) {
	v, _ := r.file.Lookup(key)
	if !v.Type().IsInteger() {
		r.wrongType(key, v, "u32")
		return
	}
	if err := r.file.OddWidth(key, gguf.TypeUint32); err != nil {
		r.warnings.add(*asError(err))
	}
	id, fits := v.Int()
	required := which == bos || which == eos
	switch {
	case fits && id >= 0 && id < n:
		h.ids[which] = int32(id)
	case fits && id == absent && !required:
		h.ids[which] = none
	default:
		e := gguf.Error{Kind: ErrBadID, Key: key, Field: "value", Seen: fmt.Sprint(v.Any(0)), Expected: fmt.Sprintf("0 to %d", n-1), Offset: v.Offset()}
		if required {
			r.problems.add(e)
			return
		}
		e.Advice = "it is ignored"
		r.warnings.add(e)
	}
}
