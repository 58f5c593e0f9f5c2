"""Analysis of the final email: HTML, CSS, colors, size, text parity."""
