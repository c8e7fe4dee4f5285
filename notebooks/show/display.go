package show

import (
	"os"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
)

// display calls send, which sends something to the notebook, and returns when it has arrived: after all that the cell
// printed before, and before what it prints next.
func display(send func()) {
	settle()
	send()
	gonbui.Sync()
}

// settle waits until the kernel has what was printed. Prints and displays reach it by different pipes; without this,
// a line came after the table that follows it in 6 of 100 cases on a busy machine.
func settle() {
	if !gonbui.IsNotebook {
		return
	}
	const step, most = 50 * time.Microsecond, 2000 // at most 0.1 s
	for range most {
		if !unread(os.Stdout) && !unread(os.Stderr) {
			break
		}
		time.Sleep(step)
	}
	gonbui.Sync()
}
