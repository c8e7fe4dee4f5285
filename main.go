// Command sonde is a probe for language models in GGUF files.
package main

import (
	"os"

	"github.com/sonde-ml/sonde/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
