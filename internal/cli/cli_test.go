package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sonde-ml/sonde/internal/cli"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"sonde": func() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the scripts of testdata: each is a session at a terminal with what it must print. In them $FIXTURES
// is the folder of recorded results, a script that needs a part which is missing there is skipped, and $EXAMPLES that of
// the example programs. Where no model is named it is the embedded one.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			examples, err := filepath.Abs("../../examples")
			if err != nil {
				return err
			}
			env.Setenv("EXAMPLES", examples)
			env.Setenv("FIXTURES", fixtures.Dir())
			env.Setenv("SONDE_MODEL", "")
			return nil
		},
		Condition: func(cond string) (bool, error) {
			dir := fixtures.Dir()
			if dir == "" {
				return false, nil
			}
			_, err := os.Stat(filepath.Join(dir, cond))
			return err == nil, nil
		},
	})
}
