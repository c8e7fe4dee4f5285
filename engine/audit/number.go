package audit

import (
	"encoding/json"
	"math"
)

// Number is a float64 whose JSON is a number or, where JSON has none, the string "NaN", "Inf" or "-Inf".
type Number float64

// MarshalJSON writes the number, or its name.
func (n Number) MarshalJSON() ([]byte, error) {
	switch v := float64(n); {
	case math.IsNaN(v):
		return []byte(`"NaN"`), nil
	case math.IsInf(v, 1):
		return []byte(`"Inf"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-Inf"`), nil
	default:
		return json.Marshal(v)
	}
}
