"""A plot of time over hours of audio beside growth in proportion to the first point."""

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 520, 300, 60, 45, 20, 20


def svg(points):
    most_x = max(x for x, _ in points) * 1.1
    most_y = max(max(y for _, y in points), points[0][1] / points[0][0] * most_x) * 1.1

    def place(x, y):
        return (LEFT + x / most_x * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / most_y * (HEIGHT - BOTTOM - TOP))

    def line(a, b, style):
        return f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" {style}/>'

    def text(x, y, words, anchor="middle"):
        return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        line(place(0, 0), place(most_x, 0), 'stroke="black"'),
        line(place(0, 0), place(0, most_y), 'stroke="black"'),
        line(place(0, 0), place(most_x, points[0][1] / points[0][0] * most_x), 'stroke="gray" stroke-dasharray="4"'),
        text(WIDTH / 2, HEIGHT - 8, "hours of audio (dashed: proportional to the first)"),
        text(LEFT, 14, "seconds, local[2]", "start"),
    ]
    for x, y in points:
        at = place(x, y)
        parts += [f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="4" fill="#1565c0"/>',
                  text(at[0] - 8, at[1] - 8, f"{y:.0f} s", "end"), text(at[0], HEIGHT - BOTTOM + 16, f"{x:.1f}")]
    return "\n".join([*parts, "</svg>", ""])
