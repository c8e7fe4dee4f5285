package cli

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
)

func TestJSONShowsNothingThatATerminalObeys(t *testing.T) {
	const name, value = "name\u202e", "a\x1b[2J\u0085\u2066 <é雨🎲\U000e0001>\n"
	var b bytes.Buffer
	if err := printJSON(&b, map[string]any{name: value, "numbers": numbers([]float32{float32(math.NaN()), float32(math.Inf(-1)), 0.5})}); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), `{"name\u202e":"a\u001b[2J\u0085\u2066 <é雨🎲\udb40\udc01>\n","numbers":["NaN","-Inf",0.5]}`+"\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || got[name] != value {
		t.Errorf("read again: %q, %v, want %q", got[name], err, value)
	}
}
