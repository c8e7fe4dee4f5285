//go:build !(amd64 && goexperiment.simd)

package model

func addProduct32(c, a, b matrix[float32], m, n, k int) { addProductBLAS(c, a, b, m, n, k) }

func expAll32(x []float32) { expEach32(x) }
