package plotting

import (
	"image/color"
	"math"
	"testing"
)

// lightness is CIELAB's L*, from 0 to 100.
func lightness(c color.RGBA) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	y := 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	if y <= 216./24389 {
		return y * 24389 / 27
	}
	return 116*math.Cbrt(y) - 16
}

func TestViridisRisesEvenlyInLightness(t *testing.T) {
	const steps = 20
	first, last := lightness(Viridis(0)), lightness(Viridis(1))
	for i := 1; i <= steps; i++ {
		rise := lightness(Viridis(float64(i)/steps)) - lightness(Viridis(float64(i-1)/steps))
		if even := (last - first) / steps; math.Abs(rise-even) > 0.35*even {
			t.Errorf("step %d rises by L* %.2f, want about %.2f", i, rise, even)
		}
	}
}

func TestBlueWhiteRedIsSymmetricAroundWhite(t *testing.T) {
	if got, want := BlueWhiteRed(0.5), rgb(0xffffff); got != want {
		t.Errorf("the middle is %v, want white", got)
	}
	last := 101.
	for d := 0.; d <= 0.5; d += 0.05 {
		less, more := lightness(BlueWhiteRed(0.5-d)), lightness(BlueWhiteRed(0.5+d))
		if math.Abs(less-more) > 2 {
			t.Errorf("at distance %.2f L* is %.1f in blue and %.1f in red, want the same", d, less, more)
		}
		if less >= last {
			t.Errorf("at distance %.2f L* is %.1f, want it below %.1f", d, less, last)
		}
		last = less
	}
}

func TestColorsOutsideOfTheScale(t *testing.T) {
	if got, want := Viridis(-3), Viridis(0); got != want {
		t.Errorf("below: got %v, want %v", got, want)
	}
	if got, want := Viridis(math.Inf(1)), Viridis(1); got != want {
		t.Errorf("above: got %v, want %v", got, want)
	}
	if got, want := BlueWhiteRed(math.NaN()), NonFinite(); got != want {
		t.Errorf("NaN: got %v, want %v", got, want)
	}
}

func TestCategoriesRepeatAfterEight(t *testing.T) {
	seen := map[color.RGBA]int{}
	for i := range 8 {
		if j, ok := seen[Category(i)]; ok {
			t.Errorf("categories %d and %d have the same colour", i, j)
		}
		seen[Category(i)] = i
	}
	if Category(8) != Category(0) || Category(-1) != Category(7) {
		t.Errorf("got %v and %v, want the colours to repeat on both sides", Category(8), Category(-1))
	}
}
