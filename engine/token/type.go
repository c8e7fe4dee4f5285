package token

import "fmt"

// Type is what a token is for, with GGUF's numbers.
type Type uint8

const (
	TypeUndefined   Type = 0
	TypeNormal      Type = 1
	TypeUnknown     Type = 2 // stands for text that no token has
	TypeControl     Type = 3 // BOS, EOS, turns: never comes from text unless special tokens are parsed
	TypeUserDefined Type = 4 // found in text before anything else
	TypeUnused      Type = 5
	TypeByte        Type = 6 // one byte, written <0xXX>
)

func (t Type) String() string {
	names := [...]string{"undefined", "normal", "unknown", "control", "user-defined", "unused", "byte"}
	if int(t) < len(names) {
		return names[t]
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// marks are the properties of one token. A token has one type in the file, but its text may add another.
type marks uint8

const (
	normal marks = 1 << iota
	unknown
	control
	userDefined
	unused
	byteToken
	trimLeft  // white space in front of the token is dropped
	trimRight // white space behind the token is dropped

	special = unknown | control
)

var marksOf = [...]marks{TypeNormal: normal, TypeUnknown: unknown, TypeControl: control, TypeUserDefined: userDefined,
	TypeUnused: unused, TypeByte: byteToken}

// typ returns the type that matters most where there are several.
func (m marks) typ() Type {
	for _, t := range []Type{TypeUnknown, TypeControl, TypeUserDefined, TypeByte, TypeUnused, TypeNormal} {
		if m&marksOf[t] != 0 {
			return t
		}
	}
	return TypeUndefined
}
