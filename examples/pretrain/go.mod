module github.com/sonde-ml/sonde/examples/pretrain

go 1.26.0

replace github.com/sonde-ml/sonde => ../..

require (
	github.com/schollz/progressbar/v3 v3.19.1
	github.com/sonde-ml/sonde v0.0.0-00010101000000-000000000000
	golang.org/x/term v0.48.0
	gonum.org/v1/gonum v0.17.0
)

require (
	github.com/google/renameio/v2 v2.0.2 // indirect
	github.com/klauspost/cpuid/v2 v2.4.2 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	golang.org/x/sys v0.50.0 // indirect
)
