package main

import . "github.com/mmcloughlin/avo/operand"

// pauses builds the loop of a goroutine that waits for another one.
func pauses(a *asm) {
	a.function("pauses", "func(n int)", "lets the other threads of the core go on.")
	n := a.Load(a.Param("n"), a.GP64())
	a.Label("again")
	a.PAUSE()
	a.DECQ(n)
	a.JNE(LabelRef("again"))
	a.RET()
}
