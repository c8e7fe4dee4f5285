package audit

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

// TestDoctorOfCorpus wants exactly the finding of each case: others may be about the same tensor only.
func TestDoctorOfCorpus(t *testing.T) {
	for _, c := range fixtures.MalformedCases(t) {
		if c.Class != "V" && c.Class != "seed" && c.ID != "H49" {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			f, err := gguf.Open(c.Path(t))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			found, err := Doctor(context.Background(), f, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if c.Finding == nil {
				if len(found) > 0 {
					t.Errorf("%s: got %+v, want nothing", c.What, found)
				}
				return
			}
			kinds := map[string]Finding{}
			for _, got := range found {
				t.Logf("%+v", got)
				kinds[string(got.Kind)] = got
				if got.Tensor != c.Finding.Tensor {
					t.Errorf("%s: got a finding about %s, want %s", c.What, got.Tensor, c.Finding.Tensor)
				}
			}
			got, ok := kinds[c.Finding.Kind]
			if !ok {
				t.Fatalf("%s: got %+v, want %s", c.What, found, c.Finding.Kind)
			}
			if _, ok := kinds[c.Finding.Also]; c.Finding.Also != "" && !ok {
				t.Errorf("%s: got %+v, want %s, too", c.What, found, c.Finding.Also)
			}
			if c.Finding.Count != 0 && got.Count != c.Finding.Count {
				t.Errorf("count: got %d, want %d", got.Count, c.Finding.Count)
			}
			tensor, _ := f.Tensor(got.Tensor)
			if i := c.Finding.Index; i != nil && (len(got.First) != 2 || got.First[0]*tensor.RowLen()+got.First[1] != *i) {
				t.Errorf("first: got %v, want element %d", got.First, *i)
			}
			if got.Rows != c.Finding.Rows || float64(got.Share) != c.Finding.Share || got.Other != c.Finding.Other {
				t.Errorf("got rows %d, share %v, other %q, want %+v", got.Rows, got.Share, got.Other, c.Finding)
			}
		})
	}
}

// TestDoctorOfMetadata wants a finding for every hyper-parameter and tokenizer that the corpus wants refused, with its word,
// and at most a warning for what it does not. What this program does not know is no fault of the file.
func TestDoctorOfMetadata(t *testing.T) {
	unknown := []string{"H27", "T09", "T11", "T13", "T14", "T42", "T43"}
	for _, c := range fixtures.MalformedCases(t) {
		if c.Class != "H" && c.Class != "T" || c.Finding != nil {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			f, err := gguf.Open(c.Path(t))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			found, err := Doctor(context.Background(), f, Options{})
			if err != nil {
				t.Fatal(err)
			}
			isNamed := func(f Finding) bool { return string(f.Kind) == c.Kind || slices.Contains(c.Or, string(f.Kind)) }
			isError := func(f Finding) bool { return f.Severity == SeverityError }
			switch {
			case slices.Contains(unknown, c.ID) || c.Want == "accept":
				if len(found) > 0 {
					t.Errorf("%s: got %+v, want nothing", c.What, found)
				}
			case c.Want == "refuse":
				if !slices.ContainsFunc(found, isNamed) {
					t.Errorf("%s: got %+v, want %s or %v", c.What, found, c.Kind, c.Or)
				}
			case slices.ContainsFunc(found, isError):
				t.Errorf("%s: got %+v, want a warning at most", c.What, found)
			}
		})
	}
}

// TestDoctorOfModels wants nothing about sound models: a false alarm is worse than none.
func TestDoctorOfModels(t *testing.T) {
	for _, path := range append(fixtures.Glob(t, "models/*.gguf"), fixtures.Glob(t, "vocabs/*.gguf")...) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f, err := gguf.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			found, err := Doctor(context.Background(), f, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(found) > 0 {
				t.Errorf("got %+v, want nothing", found)
			}
		})
	}
}
