package jupyter

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// checkout returns the root of a folder that looks like a checkout, set up or not.
func checkout(t *testing.T, setUp bool) string {
	t.Helper()
	root := t.TempDir()
	write(t, filepath.Join(root, "go.mod"), "// Sonde\nmodule github.com/sonde-ml/sonde\n\ngo 1.26.0\n")
	if setUp {
		write(t, filepath.Join(root, ".sonde", "bin", "gonb"), "")
		write(t, filepath.Join(root, ".sonde", "bin", "goimports"), "")
	}
	return root
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o777); err != nil {
		t.Fatal(err)
	}
}

// install puts a program called jupyter that runs script in front of all others.
func install(t *testing.T, script string) (path string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "jupyter")
	write(t, path, "#!/bin/sh\n"+script)
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return path
}

func TestCheckoutIsFoundFromWithin(t *testing.T) {
	root := checkout(t, false)
	below := filepath.Join(root, "notebooks", "show")
	if err := os.MkdirAll(below, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{root, below} {
		if got, err := FindCheckout(dir); err != nil || got != root {
			t.Errorf("FindCheckout(%q) = %q, %v, want %q", dir, got, err, root)
		}
	}
}

func TestOutsideOfACheckoutItSaysHowToGetOne(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.org/other\n")
	_, err := FindCheckout(dir)
	if !errors.Is(err, ErrNoCheckout) || !strings.Contains(err.Error(), "git clone") {
		t.Errorf("FindCheckout = %v, want ErrNoCheckout with how to get one", err)
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	t.Run("kernel", func(t *testing.T) {
		install(t, "")
		_, _, err := Command(checkout(t, false))
		if !errors.Is(err, ErrNotSetUp) || !strings.Contains(err.Error(), "gonb") {
			t.Errorf("Command = %v, want ErrNotSetUp because of gonb", err)
		}
	})
	t.Run("Jupyter", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		_, _, err := Command(checkout(t, true))
		if !errors.Is(err, ErrNotSetUp) || !strings.Contains(err.Error(), "Jupyter is not installed") {
			t.Errorf("Command = %v, want ErrNotSetUp because of Jupyter", err)
		}
	})
}

func TestCommandListensOnThisMachineAndAsksForAToken(t *testing.T) {
	program, root := install(t, ""), checkout(t, true)
	t.Setenv("SONDE_MODEL", "")
	argv, env, err := Command(root)
	if err != nil {
		t.Fatal(err)
	}
	if argv[0] != program || argv[len(argv)-1] != filepath.Join(root, "notebooks") {
		t.Errorf("Command = %q, want %s … %s", argv, program, filepath.Join(root, "notebooks"))
	}
	if !slices.Contains(argv, "--ip=127.0.0.1") || strings.Contains(strings.Join(argv, " "), "token") {
		t.Errorf("Command = %q, want it to listen on 127.0.0.1 with Jupyter's own token", argv)
	}
	if got, want := slices.Contains(argv, "--allow-root"), os.Geteuid() == 0; got != want {
		t.Errorf("--allow-root given: %v, want %v", got, want)
	}
	if want := "JUPYTER_PATH=" + filepath.Join(root, "notebooks", "jupyter"); !slices.Contains(env, want) {
		t.Errorf("environment = %q, want %s in it", env, want)
	}
	for _, entry := range env {
		if _, value, _ := strings.Cut(entry, "="); !strings.HasPrefix(value, root) {
			t.Errorf("%s is outside of the checkout %s", entry, root)
		}
	}
}

func TestRelativeModelIsFoundFromNotebooks(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("SONDE_MODEL", "m.gguf")
	if want, env := "SONDE_MODEL="+filepath.Join(dir, "m.gguf"), Environment("/sonde"); !slices.Contains(env, want) {
		t.Errorf("environment = %q, want %s in it", env, want)
	}
}
