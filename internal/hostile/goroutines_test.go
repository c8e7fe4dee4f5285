package hostile_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/sonde-ml/sonde/internal/hostile"
)

// blocked is in this package until its channel is closed.
func blocked(begun *sync.WaitGroup, end chan struct{}) {
	begun.Done()
	<-end
}

func TestGoroutinesAreThoseOfThePackage(t *testing.T) {
	const pkg = "github.com/sonde-ml/sonde/internal/hostile_test"
	var begun, ended sync.WaitGroup
	end := make(chan struct{})
	begun.Add(2)
	for range 2 {
		ended.Go(func() { blocked(&begun, end) })
	}
	begun.Wait()
	if got := hostile.Goroutines(pkg); len(got) != 2 || !strings.Contains(got[0], "blocked") {
		t.Errorf("got %q, want the two that are blocked", got)
	}
	if got := hostile.Goroutines("github.com/sonde-ml/sonde/internal/host"); len(got) != 0 {
		t.Errorf("got %q of a package that there is not, want none", got)
	}
	close(end)
	ended.Wait()
	if got := hostile.Goroutines(pkg); len(got) != 0 {
		t.Errorf("got %q after their end, want none", got)
	}
}
