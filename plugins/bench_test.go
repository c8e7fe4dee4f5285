package plugins_test

import (
	"testing"

	"github.com/sonde-ml/sonde/plugins"
)

// BenchmarkLoad reads, checks and interprets a file of 48 lines. With -benchtime 1x it is the first load of a process.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := plugins.Load("../examples/plugins/rmsnorm/rmsnorm.go"); err != nil {
			b.Fatal(err)
		}
	}
}
