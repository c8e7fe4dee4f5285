package plotting

import (
	"image/color"
	"math"
)

// A Colormap gives the colour of t, which runs from 0 to 1. What lies outside is drawn as the nearer end,
// NaN as [NonFinite].
type Colormap func(t float64) color.RGBA

// Viridis is the sequential colour map of every heatmap here: lightness rises evenly from dark violet to yellow,
// so it survives greyscale and reads the same to colour-blind people.
// The points are every 15th of the 256 colours that Smith and van der Walt published under CC0
// (bids.github.io/colormap); linear interpolation departs from their table by at most 5/255.
func Viridis(t float64) color.RGBA {
	return along([]uint32{
		0x440154, 0x481769, 0x472a7a, 0x433d84, 0x3d4e8a, 0x355e8d, 0x2e6d8e, 0x297b8e, 0x23898e,
		0x1f978b, 0x21a585, 0x2eb37c, 0x46c06f, 0x65cb5e, 0x89d548, 0xb0dd2f, 0xd8e219, 0xfde725,
	}, t)
}

// BlueWhiteRed is the diverging colour map for differences: white is t = 0.5, blue is less, red is more.
// The ends are equally dark (CIELAB L* = 37) and L* falls evenly on both sides.
func BlueWhiteRed(t float64) color.RGBA {
	return along([]uint32{
		0x2954a5, 0x566eb6, 0x7a88c7, 0x9ba5d7, 0xbcc2e6, 0xdde0f5, 0xffffff,
		0xffd8d4, 0xf5b4ae, 0xe79089, 0xd76b67, 0xc34646, 0xae1128,
	}, t)
}

// Category returns colour i of Okabe and Ito's eight, which colour-blind people can tell apart
// (jfly.uni-koeln.de/color). They are ordered by how well they stand out on white, and begin anew after the eighth.
func Category(i int) color.RGBA {
	colors := [...]uint32{0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x000000, 0xf0e442}
	n := len(colors)
	return rgb(colors[((i%n)+n)%n])
}

// NonFinite is the colour of whatever is NaN or infinite, in every figure.
func NonFinite() color.RGBA { return rgb(0xd55e00) }

// along interpolates linearly between evenly spaced points 0xRRGGBB.
func along(points []uint32, t float64) color.RGBA {
	if math.IsNaN(t) {
		return NonFinite()
	}
	last := len(points) - 1
	at := min(max(t, 0), 1) * float64(last)
	i := min(int(at), last-1)
	return mix(rgb(points[i]), rgb(points[i+1]), at-float64(i))
}

// mix returns the colour at the fraction t of the way from a to b.
func mix(a, b color.RGBA, t float64) color.RGBA {
	channel := func(x, y uint8) uint8 {
		return uint8(math.Round(float64(x) + t*(float64(y)-float64(x))))
	}
	return color.RGBA{R: channel(a.R, b.R), G: channel(a.G, b.G), B: channel(a.B, b.B), A: 255}
}

// tint lightens c: 0 leaves it, 1 is white. Opaque tints look the same in PNG, SVG and print; transparency does not.
func tint(c color.RGBA, by float64) color.RGBA {
	return mix(c, color.RGBA{R: 255, G: 255, B: 255, A: 255}, by)
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}
