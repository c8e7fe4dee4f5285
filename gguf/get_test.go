package gguf

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/internal/fixtures"
)

func TestEveryMetadataTypeIsRead(t *testing.T) {
	f, err := Open(fixtures.Path(t, "malformed/C141-all-types.gguf"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, tt := range []struct {
		key  string
		typ  ValueType
		want any
	}{
		{"u8", TypeUint8, uint64(255)},
		{"i8", TypeInt8, int64(-128)},
		{"u16", TypeUint16, uint64(65535)},
		{"i16", TypeInt16, int64(-32768)},
		{"u32", TypeUint32, uint64(math.MaxUint32)},
		{"i32", TypeInt32, int64(math.MinInt32)},
		{"bool", TypeBool, false},
		{"str", TypeString, ""},
		{"u64", TypeUint64, uint64(math.MaxUint64)},
		{"i64", TypeInt64, int64(math.MinInt64)},
		{"f64", TypeFloat64, math.Inf(-1)},
	} {
		v, ok := f.Lookup("x." + tt.key)
		if got := v.Any(-1); !ok || v.Type() != tt.typ || got != tt.want {
			t.Errorf("x.%s is %v %v, want %v %v", tt.key, v.Type(), got, tt.typ, tt.want)
		}
		if v.Type().String() != strings.Replace(tt.key, "str", "string", 1) {
			t.Errorf("the type of x.%s is called %v", tt.key, v.Type())
		}
		list, ok := f.Lookup("x.a." + tt.key)
		got, _ := list.Any(-1).([]any)
		if !ok || list.Type() != TypeArray || list.Elem() != tt.typ || len(got) != 2 || got[0] != tt.want {
			t.Errorf("x.a.%s is %v of %v %v, want an array of %v %v", tt.key, list.Type(), list.Elem(), got, tt.typ, tt.want)
		}
	}
	if x, err := f.Float32("x.f32"); err != nil || x == x {
		t.Errorf("x.f32 = %v, %v, want NaN", x, err)
	}
}

// sample has a value of every kind that the getters distinguish.
func sample(t testing.TB) *File {
	return written(t, func(w *Writer) {
		w.Set("s", ValueOf("text"))
		w.Set("b", ValueOf(true))
		w.Set("u8", ValueOf(uint8(200)))
		w.Set("i8", ValueOf(int8(-3)))
		w.Set("i16", ValueOf(int16(-300)))
		w.Set("i32", ValueOf(int32(70000)))
		w.Set("u64", ValueOf(uint64(math.MaxUint64)))
		w.Set("f32", ValueOf(float32(1e-5)))
		w.Set("f64", ValueOf(0.1))
		w.Set("big", ValueOf(1e300))
		w.Set("inf", ValueOf(math.Inf(1)))
		w.Set("strings", ArrayOf([]string{"a", "", "ccc"}))
		w.Set("floats", ArrayOf([]float32{1, -2.5}))
		w.Set("doubles", ArrayOf([]float64{0.5}))
		w.Set("ints", ArrayOf([]int32{4, -5}))
		w.Set("uints", ArrayOf([]uint32{4, 6}))
		w.Set("bools", ArrayOf([]bool{true, false}))
		w.Set("none", ArrayOf([]string{}))
	})
}

func TestGetters(t *testing.T) {
	f := sample(t)
	for _, tt := range []struct {
		name string
		got  func() (any, error)
		want any
		kind error
	}{
		{"string", func() (any, error) { return f.String("s") }, "text", nil},
		{"string of a bool", func() (any, error) { return f.String("b") }, "", ErrWrongType},
		{"string of nothing", func() (any, error) { return f.String("x") }, "", ErrMissingKey},
		{"bool", func() (any, error) { return f.Bool("b") }, true, nil},
		{"bool of an integer", func() (any, error) { return f.Bool("u8") }, false, ErrWrongType},
		{"uint of u8", func() (any, error) { return f.Uint("u8") }, uint64(200), nil},
		{"uint of u64", func() (any, error) { return f.Uint("u64") }, uint64(math.MaxUint64), nil},
		{"uint of i32", func() (any, error) { return f.Uint("i32") }, uint64(70000), nil},
		{"uint of a negative number", func() (any, error) { return f.Uint("i8") }, uint64(0), ErrWrongType},
		{"uint of a float", func() (any, error) { return f.Uint("f32") }, uint64(0), ErrWrongType},
		{"int of i8", func() (any, error) { return f.Int("i8") }, int64(-3), nil},
		{"int of i16", func() (any, error) { return f.Int("i16") }, int64(-300), nil},
		{"int of too large a number", func() (any, error) { return f.Int("u64") }, int64(0), ErrWrongType},
		{"float of f32", func() (any, error) { return f.Float32("f32") }, float32(1e-5), nil},
		{"float of f64", func() (any, error) { return f.Float32("f64") }, float32(0.1), nil},
		{"float of infinity", func() (any, error) { return f.Float32("inf") }, float32(math.Inf(1)), nil},
		{"float of too large an f64", func() (any, error) { return f.Float32("big") }, float32(0), ErrWrongType},
		{"float of an integer", func() (any, error) { return f.Float32("i32") }, float32(0), ErrWrongType},
		{"strings", func() (any, error) { return f.Strings("strings") }, []string{"a", "", "ccc"}, nil},
		{"no strings", func() (any, error) { return f.Strings("none") }, []string{}, nil},
		{"strings of integers", func() (any, error) { return f.Strings("ints") }, []string(nil), ErrWrongType},
		{"floats", func() (any, error) { return f.Floats("floats") }, []float32{1, -2.5}, nil},
		{"floats of doubles", func() (any, error) { return f.Floats("doubles") }, []float32(nil), ErrWrongType},
		{"ints of i32", func() (any, error) { return f.Ints("ints") }, []int64{4, -5}, nil},
		{"ints of u32", func() (any, error) { return f.Ints("uints") }, []int64{4, 6}, nil},
		{"ints of a scalar", func() (any, error) { return f.Ints("i32") }, []int64(nil), ErrWrongType},
		{"ints of no strings", func() (any, error) { return f.Ints("none") }, []int64(nil), ErrWrongType},
		{"bools", func() (any, error) { return f.Bools("bools") }, []bool{true, false}, nil},
		{"bools of floats", func() (any, error) { return f.Bools("floats") }, []bool(nil), ErrWrongType},
		{"each of an array", func() (any, error) { return f.IntEach("ints", 2) }, []int64{4, -5}, nil},
		{"each of a scalar", func() (any, error) { return f.IntEach("i32", 3) }, []int64{70000, 70000, 70000}, nil},
		{"each of too few", func() (any, error) { return f.IntEach("ints", 3) }, []int64(nil), ErrBadCount},
		{"each of a string", func() (any, error) { return f.IntEach("s", 3) }, []int64(nil), ErrWrongType},
		{"each of strings", func() (any, error) { return f.IntEach("strings", 3) }, []int64(nil), ErrWrongType},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.got()
			if !reflect.DeepEqual(got, tt.want) || !errors.Is(err, tt.kind) {
				t.Errorf("%v, %v, want %v, %v", got, err, tt.want, tt.kind)
			}
		})
	}
}

func TestValueArrays(t *testing.T) {
	f := sample(t)
	value := func(key string) Value { v, _ := f.Lookup(key); return v }
	if got, ok := value("uints").Uint32s(); !ok || !reflect.DeepEqual(got, []uint32{4, 6}) {
		t.Errorf("Uint32s = %v, %v", got, ok)
	}
	if got, ok := value("ints").Int32s(); !ok || !reflect.DeepEqual(got, []int32{4, -5}) {
		t.Errorf("Int32s = %v, %v", got, ok)
	}
	if got, ok := value("ints").Uints(); ok {
		t.Errorf("Uints of a negative number = %v", got)
	}
	if got, ok := value("uints").Uints(); !ok || !reflect.DeepEqual(got, []uint64{4, 6}) {
		t.Errorf("Uints = %v, %v", got, ok)
	}
	if got, ok := value("doubles").Float64s(); !ok || !reflect.DeepEqual(got, []float64{0.5}) {
		t.Errorf("Float64s = %v, %v", got, ok)
	}
	if got, ok := value("s").Float64s(); ok {
		t.Errorf("Float64s of a string = %v", got)
	}
	if got := value("strings").Any(2); !reflect.DeepEqual(got, []any{"a", ""}) {
		t.Errorf("Any(2) = %v", got)
	}
	if got := []int{value("strings").Len(), value("s").Len(), value("b").Len()}; !reflect.DeepEqual(got, []int{3, 4, 1}) {
		t.Errorf("lengths %v, want 3, 4, 1", got)
	}
}

func TestStringsCanBeLeftEarly(t *testing.T) {
	f := sample(t)
	v, _ := f.Lookup("strings")
	var got []string
	for i, s := range v.Strings() {
		if got = append(got, s); i == 1 {
			break
		}
	}
	if !reflect.DeepEqual(got, []string{"a", ""}) {
		t.Errorf("the first two strings are %q", got)
	}
	ints, _ := f.Lookup("ints")
	for range ints.Strings() {
		t.Error("an array of integers has strings")
	}
	for range (Value{}).elements() {
		t.Error("a scalar has elements")
	}
}

func TestOddWidth(t *testing.T) {
	f := sample(t)
	for _, tt := range []struct {
		key     string
		regular []ValueType
		want    error
	}{
		{"u64", nil, nil},
		{"u8", nil, ErrIntWidth},
		{"u8", []ValueType{TypeUint16, TypeUint8}, nil},
		{"u64", []ValueType{TypeUint32}, ErrIntWidth},
		{"s", nil, nil},
		{"absent", nil, nil},
	} {
		if err := f.OddWidth(tt.key, tt.regular...); !errors.Is(err, tt.want) {
			t.Errorf("OddWidth(%q, %v) = %v, want %v", tt.key, tt.regular, err, tt.want)
		}
	}
}

func TestErrorsOfGettersSayWhatIsThere(t *testing.T) {
	f := sample(t)
	_, err := f.Uint("f64")
	for _, want := range []string{f.Name, `key "f64"`, "f64 (0.1)", "an integer from 0 on", "at byte "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	_, err = f.Uint("strings")
	if want := "array of string"; !strings.Contains(err.Error(), want) {
		t.Errorf("%q does not say %q", err, want)
	}
}

func TestTypesHaveNamesAndSizes(t *testing.T) {
	if got, want := ValueType(13).String(), "type 13"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := Type(99).String(), "type 99"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if ValueType(13).fixedSize() != 0 || Type(4).BlockBytes() != 0 || Type(4).BlockWeights() != 0 || !Type(4).Removed() {
		t.Error("a type that does not exist has a size")
	}
	for _, tt := range []struct {
		typ Type
		n   int
	}{{Q4_K, 255}, {Q4_K, -256}, {F64, math.MaxInt / 4}, {Type(4), 32}} {
		if size, ok := tt.typ.RowBytes(tt.n); ok {
			t.Errorf("a row of %d weights of %v has %d bytes", tt.n, tt.typ, size)
		}
	}
}
