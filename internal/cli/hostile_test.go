package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/internal/cli"
	"github.com/sonde-ml/sonde/internal/fixtures"
	"github.com/sonde-ml/sonde/internal/hostile"
)

// What a command may take to look at a file of the hostile corpus, whatever it says of itself.
const (
	mostHeap = 16 << 20 // bytes, and four times the file's
	mostTime = time.Second

	hostileVariable = "SONDE_HOSTILE_CHILD"
)

// TestHostileFiles gives every file of the corpus to the commands, in a process that has little memory.
func TestHostileFiles(t *testing.T) {
	if os.Getenv(hostileVariable) != "" {
		hostileChild(t)
		return
	}
	fixtures.Path(t, "malformed/cases.jsonl")
	cmd := exec.Command(os.Args[0], "-test.run=^TestHostileFiles$", "-test.count=1")
	cmd.Env = append(os.Environ(), hostileVariable+"=1",
		"MALLOC_ARENA_MAX=1") // else the C library, where it is linked, reserves 128 MiB of the address space for each thread
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out[max(0, len(out)-8000):])
	}
}

func hostileChild(t *testing.T) {
	hostile.LimitAddressSpace(t)
	for _, c := range fixtures.MalformedCases(t) {
		t.Run(c.ID, func(t *testing.T) {
			path := c.Path(t)
			run := func(want string, args ...string) output { return hostileRun(t, &c, want, args) }
			run(c.GGUF, "inspect", path)
			if doc := run(c.GGUF, "inspect", path, "--json"); !json.Valid(doc.out) {
				t.Errorf("inspect --json printed no JSON: %q", doc.out)
			}
			if c.Stage == "token" {
				checkWarning(t, &c, run(wantOfTokenizer(&c), "tokenize", "--model", path, "--prompt", ""))
				return
			}
			checkWarning(t, &c, run(c.Want, "points", "--model", path))
			run(c.Want, "run", "--model", path, "--tokens", "1,5", "--max-tokens", "2", "--temp", "0") // may warn of its logits
			if c.Class == "V" || c.Finding != nil {
				want := "accept"
				if c.Finding != nil {
					want = "find"
				}
				run(want, "doctor", path)
			}
		})
	}
}

// unbuiltTokenizers are the cases whose kind of tokenizer is refused as a whole so far.
var unbuiltTokenizers = []string{"T09", "T11", "T13", "T14"}

func wantOfTokenizer(c *fixtures.Malformed) string {
	if slices.Contains(unbuiltTokenizers, c.ID) {
		return "refuse"
	}
	return c.Want
}

// output is what a command printed.
type output struct{ out, err []byte }

// hostileRun runs a command on the file of a case, and checks its exit status, its time, its memory, and that nothing of
// the file reaches the terminal as it is.
func hostileRun(t *testing.T, c *fixtures.Malformed, want string, args []string) output {
	t.Helper()
	var out, errOut bytes.Buffer
	before, start := hostile.Allocated(), hostile.ProcessorTime()
	status := cli.Main(args, strings.NewReader(""), &out, &errOut)
	took, used := hostile.ProcessorTime()-start, hostile.Allocated()-before
	if wanted := map[string]int{"accept": 0, "warn": 0, "find": 1, "refuse": 2}[want]; status != wanted {
		t.Errorf("%s: %q ended with %d, want %d: %s", c.What, args[0], status, wanted, errOut.Bytes())
	}
	if most := mostHeap + 4*sizeOf(t, c); took > mostTime || used > most {
		t.Errorf("%s: %q took %v and allocated %d bytes, want at most %v and %d", c.What, args[0], took, used, mostTime, most)
	}
	for line := range strings.Lines(errOut.String()) {
		if !strings.HasPrefix(line, "sonde: ") {
			t.Errorf("%s: %q printed %q, want it to begin with sonde:", c.What, args[0], line)
		}
	}
	for _, b := range [][]byte{out.Bytes(), errOut.Bytes()} {
		if bad := unescaped.Find(b); bad != nil {
			t.Errorf("%s: %q printed %q as it is", c.What, args[0], bad)
		}
	}
	return output{out.Bytes(), errOut.Bytes()}
}

// unescaped is what a terminal would obey.
var unescaped = regexp.MustCompile("[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u202a-\u202e\u2066-\u2069]")

func checkWarning(t *testing.T, c *fixtures.Malformed, got output) {
	t.Helper()
	warned := bytes.Contains(got.err, []byte("sonde: warning: "))
	if refused := c.Want == "refuse" || slices.Contains(unbuiltTokenizers, c.ID); !refused && warned != (c.Want == "warn") {
		t.Errorf("%s: printed %q, want it to %s", c.What, got.err, c.Want)
	}
}

// sizeOf returns the size of the file of a case, of all parts of a split.
func sizeOf(t *testing.T, c *fixtures.Malformed) (size int64) {
	t.Helper()
	names := c.Files
	if names == nil {
		names = []string{c.File}
	}
	for _, name := range names {
		if st, err := os.Stat(filepath.Join(filepath.Dir(c.Path(t)), name)); err == nil {
			size += st.Size()
		}
	}
	return size
}
