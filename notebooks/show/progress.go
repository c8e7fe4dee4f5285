package show

import (
	"fmt"
	"html"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"

	"github.com/sonde-ml/sonde/internal/escape"
)

// refresh is the least time between two pictures of a progress bar: the eye sees no more, and each is a message.
const refresh = 100 * time.Millisecond

// Progress is a progress bar of one long computation. It may be moved by several goroutines. Outside of a notebook it
// prints one line, at its end.
type Progress struct {
	title string
	total int
	id    string // new for each bar: an old one's place may be gone from the page

	mu    sync.Mutex
	done  int
	drawn time.Time
}

// NewProgress displays a bar for total steps.
func NewProgress(title string, total int) *Progress {
	p := &Progress{title: escape.Text(title), total: total, id: gonbui.UniqueId()}
	display(p.draw)
	return p
}

// Add moves the bar by n steps.
func (p *Progress) Add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	if time.Since(p.drawn) >= refresh {
		p.draw()
	}
}

// Close displays the bar as it stands, and ends it.
func (p *Progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	display(p.draw)
	if !gonbui.IsNotebook {
		fmt.Println(p.text())
	}
}

func (p *Progress) draw() {
	p.drawn = time.Now()
	gonbui.UpdateHTML(p.id, fmt.Sprintf(`<progress value="%d" max="%d"></progress> %s`,
		p.done, p.total, html.EscapeString(p.text())))
}

func (p *Progress) text() string { return fmt.Sprintf("%s: %d of %d", p.title, p.done, p.total) }
