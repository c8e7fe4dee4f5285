//go:build !amd64 || purego

package kernels

func (s *Set) panelWidth(tokens int) int { return tokens }

func (s *Set) turnFloats(*floatPanelScratch, []byte, int, int) {}

func (s *Set) addPanel([]float32, *floatPanelScratch, []float32, int, int) {}
