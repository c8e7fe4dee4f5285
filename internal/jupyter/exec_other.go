//go:build !unix

package jupyter

import (
	"os"
	"os/exec"
)

// Exec runs the command in this process's terminal and returns its error. What env names goes before what the
// environment has.
func Exec(argv, env []string) error {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}
