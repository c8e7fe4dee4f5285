package token

import "strings"

// fragment is a part of a text: a special token or, where id is none, what lies between.
type fragment struct {
	text string
	id   int32
}

// whiteSpace is C's isspace, which the reference trims by.
const whiteSpace = "\t\n\v\f\r "

// fragments cuts text at special tokens: for each of them, longest first, at all places where it stands in what the
// longer ones left. User-defined tokens are always found, control and unknown ones if parseSpecial.
func (t *table) fragments(text string, parseSpecial bool) []fragment {
	if text == "" {
		return nil
	}
	list := []fragment{{text, none}}
	for _, id := range t.special {
		found := parseSpecial || t.marks[id]&special == 0
		// Most special tokens are in no text: one search spares them the walk over the fragments.
		if found && strings.Contains(text, t.texts[id]) {
			list = t.cut(list, id)
		}
	}
	return list
}

// cut cuts the raw fragments of list at the token id.
func (t *table) cut(list []fragment, id int32) []fragment {
	token, m := t.texts[id], t.marks[id]
	var result []fragment
	for _, f := range list {
		if f.id != none {
			result = append(result, f)
			continue
		}
		rest := f.text
		for {
			before, after, found := strings.Cut(rest, token)
			if !found {
				break
			}
			if m&trimLeft != 0 {
				before = strings.TrimRight(before, whiteSpace)
			}
			if m&trimRight != 0 {
				after = strings.TrimLeft(after, whiteSpace)
			}
			result = append(appendRaw(result, before), fragment{id: id})
			rest = after
		}
		result = appendRaw(result, rest)
	}
	return result
}

func appendRaw(list []fragment, text string) []fragment {
	if text == "" {
		return list
	}
	return append(list, fragment{text, none})
}
