//go:build !amd64 || purego

package kernels

func (s *Set) addPanels(_, _, _ []float32, _, _, _ int) {}

func (s *Set) turn([]float32, int, []float32, int, int) {}
