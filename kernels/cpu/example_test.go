package cpu_test

import (
	"errors"
	"fmt"

	"github.com/sonde-ml/sonde/kernels/cpu"
)

// Which levels can be used depends on where the program runs; the generic one can everywhere.
func ExampleCheck() {
	fmt.Println(cpu.Check(cpu.Generic))
	fmt.Println(errors.Is(cpu.Check("avx1024"), cpu.ErrUnknown))
	// Output:
	// <nil>
	// true
}
