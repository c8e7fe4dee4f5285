package token

import (
	"fmt"

	"github.com/sonde-ml/sonde/internal/escape"
)

// Choice says whether a token is added to a text.
type Choice uint8

const (
	AsFile Choice = iota // as the file says, or its kind by default
	Always
	Never
)

// EncodeOptions says how to encode. The zero value is what people want for a prompt.
type EncodeOptions struct {
	// ParseSpecial finds control tokens such as <s> in the text. Without it they are ordinary text, so that a text
	// from outside cannot pass for a turn of the conversation.
	ParseSpecial bool

	BOS, EOS Choice
}

// Encode turns text, which may hold any bytes, into ids. Nothing is trimmed but white space beside special tokens that
// want it so. Its error is an [UnknownTextError], an [ErrNoToken], an [ErrTextTooLong], or what [Vocab.Check] says.
func (v *Vocab) Encode(text string, o EncodeOptions) ([]int32, error) {
	t, err := v.load()
	if err != nil {
		return nil, err
	}
	ids := make([]int32, 0, len(text)/3+2) // English has 3.9 bytes to a token of Llama 2's
	if ids, err = v.add(ids, bos, o.BOS, v.head.addBOS); err != nil {
		return nil, err
	}
	for _, f := range t.fragments(text, o.ParseSpecial) {
		if f.id != none {
			ids = append(ids, f.id)
			continue
		}
		if ids, err = t.coder.encode(ids, f.text); err != nil {
			return nil, err
		}
	}
	return v.add(ids, eos, o.EOS, v.head.addEOS)
}

func (v *Vocab) add(ids []int32, which role, choice Choice, asFile bool) ([]int32, error) {
	if choice == Never || choice == AsFile && !asFile {
		return ids, nil
	}
	id, ok := v.head.id(which)
	switch {
	case ok:
		return append(ids, id), nil
	case choice == Always:
		return nil, fmt.Errorf("%s: %w: it has no key %s", escape.Text(v.file.Name), ErrNoToken, idKey(roleKeys[which][0]))
	}
	return ids, nil
}
