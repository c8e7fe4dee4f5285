//go:build unix

package show

import (
	"encoding/gob"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

func TestNotebookGetsWhatIsShownInOrder(t *testing.T) {
	var got []string
	var bars []string
	for _, m := range messages(t) {
		mime := slices.Collect(maps.Keys(m.Data))[0]
		got = append(got, fmt.Sprintf("%s %s", mime, m.Data[mime]))
		if m.DisplayID != "" && !slices.Contains(bars, m.DisplayID) {
			bars = append(bars, m.DisplayID)
		}
	}
	const start = `text/html <progress value="0" max="4"></progress> b: 0 of 4`
	const end = `text/html <progress value="4" max="4"></progress> b: 4 of 4`
	want := []string{
		"image/png png",
		"text/html <div><svg>s</svg></div>",
		`text/markdown *&#60;x&#62;*`,
		`text/html <div><table>
<thead><tr><th style="text-align:right">a</th></tr></thead>
<tbody>
<tr><td style="text-align:right">1</td></tr>
</tbody>
</table></div>`,
		start, end, start, end,
	}
	if got := slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("notebook got %q, want %q", got, want)
	}
	if len(bars) != 2 {
		t.Errorf("two progress bars have ids %q, want two different ones", bars)
	}
}

// messages runs the cell with a kernel that this test plays: it reads from one pipe and answers synchronizations
// through the other, as GoNB does.
func messages(t *testing.T) []*protocol.DisplayData {
	t.Helper()
	there, back := fifo(t, "there"), fifo(t, "back")
	cmd := runAsCell(t, protocol.GONB_PIPE_ENV+"="+there, protocol.GONB_PIPE_BACK_ENV+"="+back)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait() // its status is another test's business
	from, err := os.Open(there)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := os.OpenFile(back, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()

	var shown []*protocol.DisplayData
	decoder, encoder := gob.NewDecoder(from), gob.NewEncoder(to)
	for {
		m := new(protocol.DisplayData)
		if decoder.Decode(m) != nil {
			return shown // the cell has ended
		}
		sync, ok := m.Data[protocol.MIMECommValue].(protocol.CommValue)
		if !ok {
			shown = append(shown, m)
		} else if err := encoder.Encode(&protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: sync.Value}); err != nil {
			t.Fatal(err)
		}
	}
}

func fifo(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
